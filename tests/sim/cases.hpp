// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "gateway.hpp"
#include "setup.hpp"

namespace edgespan::simtest {

// One kind of run. Seed, and position where there is one, say the rest: the same three give the same run.
struct Case {
  std::string_view name;
  std::string_view about;
  Setup (*setup)(sim::Random random, std::uint64_t at);
  // Plays it; null, or what was expected and did not happen. What the oracle finds it says itself.
  const char* (*play)(Gateway& gateway, std::uint64_t at);
  // A sweep runs at the positions 1 to this one; 0: no sweep. It also ends where play() says `swept`.
  std::uint64_t positions = 0;
};

// What play() returns at a position that the run has no more.
extern const char* const swept;

std::span<const Case> scenarios();  // with a name for each
std::span<const Case> refusals();
std::span<const Case> sweeps();
const Case* find_case(std::string_view name);

// The ordinary course: the run, then fair weather, then the stop.
const char* play_through(Gateway& gateway, std::uint64_t at);

}  // namespace edgespan::simtest
