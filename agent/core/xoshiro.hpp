// SPDX-License-Identifier: Apache-2.0
// xoshiro256**, and the mixing of its seed.
#pragma once

#include <array>
#include <bit>
#include <cstdint>

#include "core/code.hpp"

namespace edgespan::detail {

EDGESPAN_SHARED constexpr std::uint64_t xoshiro_mix(std::uint64_t value) noexcept {  // splitmix64
  value += 0x9E3779B97F4A7C15;
  value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9;
  value = (value ^ value >> 27) * 0x94D049BB133111EB;
  return value ^ value >> 31;
}

EDGESPAN_INLINE std::uint64_t xoshiro_next(std::array<std::uint64_t, 4>& s) noexcept {
  const std::uint64_t result = std::rotl(s[1] * 5, 7) * 9;
  const std::uint64_t t = s[1] << 17;
  s[2] ^= s[0];
  s[3] ^= s[1];
  s[1] ^= s[2];
  s[0] ^= s[3];
  s[2] ^= t;
  s[3] = std::rotl(s[3], 45);
  return result;
}

}  // namespace edgespan::detail
