// SPDX-License-Identifier: Apache-2.0
// Lower-case hexadecimal, sixteen digits at a time: the inner loop of the B3 codec.
//
// A Hex type has two static functions, both constexpr and free of heap, locks and library calls but memcpy:
//   bool decode16(const char* text, std::uint64_t& value)   reads exactly 16 bytes; false (value then means
//                                                           nothing) unless all of them are 0-9 or a-f
//   void encode16(std::uint64_t value, char* text)          writes exactly 16 bytes
// HexSwar works in general registers, HexLoop digit by digit and in the least code; the compiler itself can
// evaluate both. HexFast is the quickest that the target's baseline allows, or HexLoop where small code is
// wanted and the baseline has no vectors; there is no dispatch at run time. EDGESPAN_B3_PORTABLE turns the
// vector code off.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>

#include "core/code.hpp"

#if !defined(EDGESPAN_B3_PORTABLE) && defined(__SSE2__)
#define EDGESPAN_B3_SSE2 1
#include <emmintrin.h>
#elif !defined(EDGESPAN_B3_PORTABLE) && defined(__aarch64__) && defined(__ARM_NEON) && \
    __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define EDGESPAN_B3_NEON 1
#include <arm_neon.h>
#endif

namespace edgespan::b3_impl {

using detail::small_code;

// A register's width: a 32-bit core would need library calls for 64-bit shifts and products.
using NativeWord = std::conditional_t<(sizeof(void*) >= 8), std::uint64_t, std::uint32_t>;

template <typename Word>
constexpr Word swap_bytes(Word word) noexcept {
  static_assert(sizeof(Word) == 4 || sizeof(Word) == 8);
  if constexpr (sizeof(Word) == 8) {
    return __builtin_bswap64(word);
  } else {
    return __builtin_bswap32(word);
  }
}

// The first byte of the text becomes the highest of the word, on any machine and at any alignment.
template <typename Word>
constexpr Word load_word(const char* text) noexcept {
  Word word = 0;
  if (std::is_constant_evaluated()) {
    for (std::size_t i = 0; i < sizeof(Word); ++i) word = (word << 8) | static_cast<unsigned char>(text[i]);
    return word;
  }
  std::memcpy(&word, text, sizeof word);
  if constexpr (std::endian::native == std::endian::little) word = swap_bytes(word);
  return word;
}

template <typename Word>
constexpr void store_word(Word word, char* text) noexcept {
  if (std::is_constant_evaluated()) {
    for (std::size_t i = sizeof(Word); i-- > 0; word >>= 8) text[i] = static_cast<char>(word & 0xff);
    return;
  }
  if constexpr (std::endian::native == std::endian::little) word = swap_bytes(word);
  std::memcpy(text, &word, sizeof word);
}

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
    return ((letter | digit) & ~text & all(0x80)) == all(0x80);
  }

  // The low half of a word into sizeof(Word) digits.
  static constexpr Word encode_word(Word value) noexcept {
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

// Up to 32 digits, the last 16 of them into `low`. False, and nothing said of the values, if one is no digit.
constexpr bool decode_digits(std::string_view digits, std::uint64_t& high, std::uint64_t& low) noexcept {
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

using HexPortable = std::conditional_t<small_code, HexLoop, HexSwar<NativeWord>>;

#if defined(EDGESPAN_B3_SSE2)

inline bool sse2_decode16(const char* text, std::uint64_t& value) noexcept {
  const __m128i chars = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text));
  const __m128i from_0 = _mm_sub_epi8(chars, _mm_set1_epi8('0'));
  const __m128i from_a = _mm_sub_epi8(chars, _mm_set1_epi8('a'));
  // There is no unsigned "less or equal" in SSE2; a byte that is its own minimum with the limit is one.
  const __m128i digit = _mm_cmpeq_epi8(_mm_min_epu8(from_0, _mm_set1_epi8(9)), from_0);
  const __m128i letter = _mm_cmpeq_epi8(_mm_min_epu8(from_a, _mm_set1_epi8(5)), from_a);
  const __m128i nibbles =
      _mm_add_epi8(_mm_and_si128(chars, _mm_set1_epi8(0x0f)), _mm_and_si128(letter, _mm_set1_epi8(9)));
  const __m128i pairs = _mm_or_si128(_mm_slli_epi16(nibbles, 4), _mm_srli_epi16(nibbles, 8));
  const __m128i bytes = _mm_packus_epi16(_mm_and_si128(pairs, _mm_set1_epi16(0xff)), _mm_setzero_si128());
  std::uint64_t word = 0;
  _mm_storel_epi64(reinterpret_cast<__m128i*>(&word), bytes);
  value = swap_bytes(word);
  return _mm_movemask_epi8(_mm_or_si128(digit, letter)) == 0xffff;
}

inline void sse2_encode16(std::uint64_t value, char* text) noexcept {
  const std::uint64_t word = swap_bytes(value);
  const __m128i bytes = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(&word));
  const __m128i nibble_mask = _mm_set1_epi8(0x0f);
  const __m128i high = _mm_and_si128(_mm_srli_epi16(bytes, 4), nibble_mask);
  const __m128i nibbles = _mm_unpacklo_epi8(high, _mm_and_si128(bytes, nibble_mask));
  const __m128i letter = _mm_cmpgt_epi8(nibbles, _mm_set1_epi8(9));
  const __m128i chars = _mm_add_epi8(_mm_add_epi8(nibbles, _mm_set1_epi8('0')),
                                     _mm_and_si128(letter, _mm_set1_epi8('a' - '9' - 1)));
  _mm_storeu_si128(reinterpret_cast<__m128i*>(text), chars);
}

#elif defined(EDGESPAN_B3_NEON)

inline bool neon_decode16(const char* text, std::uint64_t& value) noexcept {
  const uint8x16_t chars = vld1q_u8(reinterpret_cast<const std::uint8_t*>(text));
  const uint8x16_t digit = vcleq_u8(vsubq_u8(chars, vdupq_n_u8('0')), vdupq_n_u8(9));
  const uint8x16_t letter = vcleq_u8(vsubq_u8(chars, vdupq_n_u8('a')), vdupq_n_u8(5));
  const uint8x16_t nibbles = vaddq_u8(vandq_u8(chars, vdupq_n_u8(0x0f)), vandq_u8(letter, vdupq_n_u8(9)));
  const uint8x8_t high = vget_low_u8(vuzp1q_u8(nibbles, nibbles));
  const uint8x8_t low = vget_low_u8(vuzp2q_u8(nibbles, nibbles));
  value = vget_lane_u64(vreinterpret_u64_u8(vrev64_u8(vorr_u8(vshl_n_u8(high, 4), low))), 0);
  return vminvq_u8(vorrq_u8(digit, letter)) == 0xff;
}

inline void neon_encode16(std::uint64_t value, char* text) noexcept {
  const uint8x8_t bytes = vrev64_u8(vcreate_u8(value));
  const uint8x8_t high = vshr_n_u8(bytes, 4);
  const uint8x8_t low = vand_u8(bytes, vdup_n_u8(0x0f));
  const uint8x16_t nibbles = vcombine_u8(vzip1_u8(high, low), vzip2_u8(high, low));
  const uint8x16_t letter = vcgtq_u8(nibbles, vdupq_n_u8(9));
  const uint8x16_t chars =
      vaddq_u8(vaddq_u8(nibbles, vdupq_n_u8('0')), vandq_u8(letter, vdupq_n_u8('a' - '9' - 1)));
  vst1q_u8(reinterpret_cast<std::uint8_t*>(text), chars);
}

#endif

// The vector unit where the baseline has one, otherwise (and while compiling) HexPortable.
struct HexFast {
  static constexpr bool decode16(const char* text, std::uint64_t& value) noexcept {
    if (std::is_constant_evaluated()) return HexPortable::decode16(text, value);
#if defined(EDGESPAN_B3_SSE2)
    return sse2_decode16(text, value);
#elif defined(EDGESPAN_B3_NEON)
    return neon_decode16(text, value);
#else
    return HexPortable::decode16(text, value);
#endif
  }

  static constexpr void encode16(std::uint64_t value, char* text) noexcept {
    if (std::is_constant_evaluated()) return HexPortable::encode16(value, text);
#if defined(EDGESPAN_B3_SSE2)
    sse2_encode16(value, text);
#elif defined(EDGESPAN_B3_NEON)
    neon_encode16(value, text);
#else
    HexPortable::encode16(value, text);
#endif
  }
};

}  // namespace edgespan::b3_impl
