// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "core/code.hpp"

namespace edgespan::detail {

// What is left of `limit_us` that began at `since_us`: unsigned differences, so that it holds wherever the
// clock started.
EDGESPAN_SHARED constexpr std::uint64_t left_us(std::uint64_t now_us, std::uint64_t since_us,
                                                std::uint64_t limit_us) noexcept {
  const std::uint64_t elapsed_us = now_us - since_us;
  return elapsed_us >= limit_us ? 0 : limit_us - elapsed_us;
}

// What is left until a moment that was less than half the clock's range away when it was chosen.
constexpr std::uint64_t until_us(std::uint64_t now_us, std::uint64_t then_us) noexcept {
  const std::uint64_t ahead_us = then_us - now_us;
  return static_cast<std::int64_t>(ahead_us) < 0 ? 0 : ahead_us;
}

// The earlier of two moments that are less than half the clock's range apart.
constexpr std::uint64_t earlier(std::uint64_t a_us, std::uint64_t b_us) noexcept {
  return static_cast<std::int64_t>(a_us - b_us) < 0 ? a_us : b_us;
}

inline constexpr std::uint64_t us_per_ms = 1'000;

// The longest that anybody waits for the agent's next step: its clock and the world are looked at that often.
inline constexpr std::uint32_t step_every_us = 1'000'000;

constexpr std::uint32_t within_step_us(std::uint64_t wait_us) noexcept {
  return wait_us < step_every_us ? static_cast<std::uint32_t>(wait_us) : step_every_us;
}

}  // namespace edgespan::detail
