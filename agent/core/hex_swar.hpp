// SPDX-License-Identifier: Apache-2.0
// Lower-case hexadecimal in general registers, a register of digits at a time.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/assert.hpp"
#include "core/native_word.hpp"

namespace edgespan::b3_impl {

// SIMD within a register: one character in each byte of a Word.
template <typename Word>
struct HexSwar {
  // `byte` in every byte of the word.
  static constexpr Word all(unsigned byte) noexcept { return static_cast<Word>(~Word{0} / 255 * byte); }

  // sizeof(Word) digits into the low half of a word. Bytes are below 0x80 while limits are added to them, so
  // that a sum shows in its own top bit and never carries into its neighbour.
  static constexpr bool decode_word(Word text, Word& value) noexcept {
    const Word low7 = text & all(0x7f);
    const Word from_0 = low7 + all(0x80 - '0');
    const Word past_9 = low7 + all(0x80 - '9' - 1);
    const Word from_a = low7 + all(0x80 - 'a');
    const Word past_f = low7 + all(0x80 - 'f' - 1);
    const Word letter = from_a & ~past_f & all(0x80);
    const Word digit = from_0 & ~past_9 & all(0x80);
    Word nibbles = (text & all(0x0f)) + (letter >> 7) + (letter >> 4);  // 'a' ends in 1: 1 + 1 + 8 = 10
    nibbles = (nibbles | nibbles >> 4) & (~Word{0} / 0xffff * 0xff);
    nibbles = nibbles | nibbles >> 8;
    if constexpr (sizeof(Word) == 8) {
      nibbles &= 0x0000'ffff'0000'ffffU;
      value = (nibbles | nibbles >> 16) & 0xffff'ffffU;
    } else {
      value = nibbles & 0xffffU;
    }
    EDGESPAN_ASSERT(value >> sizeof(Word) * 4 == 0);
    return ((letter | digit) & ~text & all(0x80)) == all(0x80);
  }

  // The low half of a word into sizeof(Word) digits.
  static constexpr Word encode_word(Word value) noexcept {
    EDGESPAN_ASSERT(value >> sizeof(Word) * 4 == 0);
    Word nibbles = value;
    if constexpr (sizeof(Word) == 8) nibbles = (nibbles | nibbles << 16) & 0x0000'ffff'0000'ffffU;
    nibbles = (nibbles | nibbles << 8) & (~Word{0} / 0xffff * 0xff);
    nibbles = (nibbles | nibbles << 4) & all(0x0f);
    const Word letter = ((nibbles + all(6)) >> 4) & all(1);  // 10 and more reach the next nibble
    return nibbles + all('0') + letter * ('a' - '9' - 1);
  }

  static constexpr bool decode16(const char* text, std::uint64_t& value) noexcept {
    if constexpr (sizeof(Word) == 8) {
      Word high = 0;
      Word low = 0;
      const bool high_ok = decode_word(load_word<Word>(text), high);
      const bool low_ok = decode_word(load_word<Word>(text + 8), low);
      value = high << 32 | low;
      return high_ok & low_ok;
    } else {
      Word parts[4] = {};
      bool ok = true;
      for (std::size_t i = 0; i < 4; ++i) ok &= decode_word(load_word<Word>(text + 4 * i), parts[i]);
      const Word high = parts[0] << 16 | parts[1];
      const Word low = parts[2] << 16 | parts[3];
      value = std::uint64_t{high} << 32 | low;
      return ok;
    }
  }

  static constexpr void encode16(std::uint64_t value, char* text) noexcept {
    const auto high = static_cast<std::uint32_t>(value >> 32);
    const auto low = static_cast<std::uint32_t>(value);
    if constexpr (sizeof(Word) == 8) {
      store_word<Word>(encode_word(high), text);
      store_word<Word>(encode_word(low), text + 8);
    } else {
      store_word<Word>(encode_word(high >> 16), text);
      store_word<Word>(encode_word(high & 0xffff), text + 4);
      store_word<Word>(encode_word(low >> 16), text + 8);
      store_word<Word>(encode_word(low & 0xffff), text + 12);
    }
  }
};

}  // namespace edgespan::b3_impl
