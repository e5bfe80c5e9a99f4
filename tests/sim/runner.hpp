// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "cases.hpp"

namespace edgespan::simtest {

// What a number of runs came to.
struct Tally {
  std::uint64_t runs = 0;
  std::uint64_t failures = 0;
  std::uint64_t spans = 0;
  std::uint64_t events = 0;
  std::uint64_t simulated_s = 0;
  std::uint64_t hash = 0;  // of all their event logs
};

// One run. On failure prints the line that repeats it, and repeats it at once to see whether it does.
bool run_once(const Case& what, std::uint64_t seed, std::uint64_t at, Tally& tally);

// All positions of a sweep, or the one run of any other case.
bool run_seed(const Case& what, std::uint64_t seed, Tally& tally);

// Tells the `count` events up to event `at`, or the last ones of a run at that position.
bool run_traced(const Case& what, std::uint64_t seed, std::uint64_t at, std::uint64_t count);

// Whether a defect is found within `seeds` of a case.
bool finds(Defect defect, std::string_view name, const Case& what, std::uint64_t seeds);

// If the agent traps, or a call does not return within `seconds` of real time, the line is printed as well.
void watch(std::uint32_t seconds);

}  // namespace edgespan::simtest
