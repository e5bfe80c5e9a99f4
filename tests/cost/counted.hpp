// SPDX-License-Identifier: Apache-2.0
// Stretches of a program that the plugin counts, and what they are of.
#pragma once

#include <cstdint>
#include <string_view>

extern "C" {
// The plugin knows them by their addresses: what is executed between the two is counted.
void edgespan_cost_begin();
void edgespan_cost_end();
}

namespace edgespan::cost {

// A line for the runner (cost.py); `text` has no line end.
void say(std::string_view text) noexcept;
// Ends the program as a failure: what was measured would not be what the row says.
void must(bool ok, const char* what) noexcept;

// Says what the next stretches are of: `stretches` of them, of `rounds` rounds each.
void announce(std::string_view operation, std::string_view peer, std::uint32_t stretches,
              std::uint32_t rounds) noexcept;

struct Rounds {
  std::uint32_t stretches = 4;
  std::uint32_t each = 50;
};

// Counts `work`, which does `rounds.each` rounds in one call, and runs `between`, uncounted, after each. The
// first call is not counted: what it does first is no part of the price.
template <typename Work, typename Between>
void count_batches(std::string_view operation, std::string_view peer, Rounds rounds, Work work,
                   Between between) {
  announce(operation, peer, rounds.stretches, rounds.each);
  work();
  between();
  for (std::uint32_t i = 0; i < rounds.stretches; ++i) {
    edgespan_cost_begin();
    work();
    edgespan_cost_end();
    between();
  }
}

// Counts one round a call.
template <typename Work, typename Between>
void count(std::string_view operation, std::string_view peer, Rounds rounds, Work work, Between between) {
  const auto batch = [&] {
    for (std::uint32_t i = 0; i < rounds.each; ++i) work();
  };
  count_batches(operation, peer, rounds, batch, between);
}

// The compiler must not work out what `value` is, or leave out what made it.
template <typename T>
void keep(T& value) noexcept {
  asm volatile("" : "+m"(value) : : "memory");
}

// What is done between two counted calls where nothing is.
inline constexpr auto nothing = [] {};

inline constexpr std::string_view edgespan_peer = "edgespan";
inline constexpr std::string_view floor_peer = "floor";

// Each counts its operations and their floors.
void count_codecs();
void count_carriers();
void count_spans();
void count_overload();
void count_steps();
void count_sends();
void count_polls();

}  // namespace edgespan::cost
