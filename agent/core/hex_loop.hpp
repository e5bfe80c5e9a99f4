// SPDX-License-Identifier: Apache-2.0
// Lower-case hexadecimal digit by digit: the least code.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/assert.hpp"
#include "core/code.hpp"

namespace edgespan::b3_impl {

// Up to 32 digits, the last 16 of them into `low`. False, and nothing said of the values, if one is no digit.
constexpr bool decode_digits(std::string_view digits, std::uint64_t& high, std::uint64_t& low) noexcept {
  EDGESPAN_ASSERT(detail::few_assertions || digits.size() <= 32);
  high = low = 0;
  for (const char c : digits) {
    unsigned digit = static_cast<unsigned char>(c) - unsigned{'0'};
    if (digit > 9) {
      digit = static_cast<unsigned char>(c) - unsigned{'a'} + 10;
      if (digit - 10 > 5) return false;
    }
    high = high << 4 | low >> 60;
    low = low << 4 | digit;
  }
  return true;
}

struct HexLoop {
  static constexpr bool decode16(const char* text, std::uint64_t& value) noexcept {
    std::uint64_t none = 0;
    return decode_digits({text, 16}, none, value);
  }

  EDGESPAN_SHARED static constexpr void encode16(std::uint64_t value, char* text) noexcept {
    for (std::size_t i = 16; i-- > 0; value >>= 4) text[i] = "0123456789abcdef"[value & 0xF];
  }
};

}  // namespace edgespan::b3_impl
