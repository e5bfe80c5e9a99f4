// SPDX-License-Identifier: Apache-2.0
// Lower-case hexadecimal, sixteen digits at a time: the inner loop of the B3 codec.
//
// A Hex type has two static functions, both constexpr and free of heap, locks and library calls but memcpy:
//   bool decode16(const char* text, std::uint64_t& value)   reads exactly 16 bytes; false (value then means
//                                                           nothing) unless all of them are 0-9 or a-f
//   void encode16(std::uint64_t value, char* text)          writes exactly 16 bytes
// HexFast takes the vector unit that every processor of the target has, else HexSwar in fast code and HexLoop
// in small code. There is no choice at run time. agent/DESIGN.md says which figure each of them is kept for.
#pragma once

#include <cstdint>
#include <type_traits>

#include "core/code.hpp"
#include "core/hex_loop.hpp"
#include "core/hex_swar.hpp"

#if defined(__SSE2__)
#define EDGESPAN_HEX_SSE2 1
#include <emmintrin.h>
#elif defined(__aarch64__) && defined(__ARM_NEON) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define EDGESPAN_HEX_NEON 1
#include <arm_neon.h>
#endif

namespace edgespan::b3_impl {

using HexPortable = std::conditional_t<detail::small_code, HexLoop, HexSwar<NativeWord>>;

#if defined(EDGESPAN_HEX_SSE2)

// Each range of digits is moved so that its bytes become their values and every other byte becomes more
// than 15. 0-9 goes to the end of the bytes first: a difference that stops at 0 then tells it from all below.
// a-f goes to the begin: a sum that stops at 255 tells it from all above. The smaller of the two is the
// digit's value.
inline bool sse2_decode16(const char* text, std::uint64_t& value) noexcept {
  const __m128i chars = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text));
  const __m128i past_9 =
      _mm_subs_epu8(_mm_add_epi8(chars, _mm_set1_epi8(static_cast<char>(0xff - '9'))), _mm_set1_epi8(6));
  const __m128i digit = _mm_sub_epi8(past_9, _mm_set1_epi8(static_cast<char>(0xf0)));
  const __m128i letter = _mm_adds_epu8(_mm_sub_epi8(chars, _mm_set1_epi8('a')), _mm_set1_epi8(10));
  const __m128i nibbles = _mm_min_epu8(digit, letter);
  const __m128i pairs = _mm_or_si128(_mm_slli_epi16(nibbles, 4), _mm_srli_epi16(nibbles, 8));
  const __m128i bytes = _mm_packus_epi16(_mm_and_si128(pairs, _mm_set1_epi16(0xff)), _mm_setzero_si128());
  std::uint64_t word = 0;
  _mm_storel_epi64(reinterpret_cast<__m128i*>(&word), bytes);
  value = swap_bytes(word);
  return _mm_movemask_epi8(_mm_adds_epu8(nibbles, _mm_set1_epi8(0x7f - 15))) == 0;
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

#elif defined(EDGESPAN_HEX_NEON)

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
  const uint8x16_t digits = {'0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'};
  const uint8x8_t bytes = vrev64_u8(vcreate_u8(value));
  uint8x8x2_t chars;  // of the upper halves of the bytes, and of the lower ones, which are stored in turn
  chars.val[0] = vqtbl1_u8(digits, vshr_n_u8(bytes, 4));
  chars.val[1] = vqtbl1_u8(digits, vand_u8(bytes, vdup_n_u8(0x0f)));
  vst2_u8(reinterpret_cast<std::uint8_t*>(text), chars);
}

#endif

// The vector unit where the baseline has one, otherwise (and while compiling) HexPortable.
struct HexFast {
  static constexpr bool decode16(const char* text, std::uint64_t& value) noexcept {
    if (std::is_constant_evaluated()) return HexPortable::decode16(text, value);
#if defined(EDGESPAN_HEX_SSE2)
    return sse2_decode16(text, value);
#elif defined(EDGESPAN_HEX_NEON)
    return neon_decode16(text, value);
#else
    return HexPortable::decode16(text, value);
#endif
  }

  static constexpr void encode16(std::uint64_t value, char* text) noexcept {
    if (std::is_constant_evaluated()) return HexPortable::encode16(value, text);
#if defined(EDGESPAN_HEX_SSE2)
    sse2_encode16(value, text);
#elif defined(EDGESPAN_HEX_NEON)
    neon_encode16(value, text);
#else
    HexPortable::encode16(value, text);
#endif
  }
};

}  // namespace edgespan::b3_impl
