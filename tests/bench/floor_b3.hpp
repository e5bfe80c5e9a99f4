// SPDX-License-Identifier: Apache-2.0
// The floor of the B3 codec. It has one way for each of the workload's forms and refuses all else; it reads
// views of memory that it has not seen, checks every character and id, and gives the agent's own answer.
#pragma once

#include <edgespan/b3.hpp>

#include "bench/floor.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#if defined(__SSE2__)
#include <emmintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

namespace edgespan::bench::floor {

// As many digits at a time as a general register has bytes; sixteen at a time in a vector.
struct Swar {
  using Word = std::uintptr_t;
  static constexpr std::size_t step = sizeof(Word);

  static Word all(unsigned byte) noexcept { return ~Word{0} / 255 * byte; }
  static Word nibbles(const char* text, std::uint64_t& bad) noexcept {
    Word chars;
    std::memcpy(&chars, text, step);
    const Word letter = (chars & all(0x40)) >> 6;  // 0x61-0x66 against 0x30-0x39
    const Word low = (chars & all(0x0f)) + letter * 9;
    // What these nibbles would be written as must be what stood there.
    Word wrong = chars ^ (low + all('0') + letter * ('a' - '0' - 10));
    wrong |= ((low + all(0x70)) & all(0x80)) | ((((low + all(6)) >> 4) & all(1)) ^ letter);
    bad |= wrong;
    return low;
  }
  // Half a register's digits as bytes, the first one in the lowest.
  static Word pack(Word low) noexcept {
    low = (low << 4 | low >> 8) & (~Word{0} / 0xffff * 0xff);
    low |= low >> 8;
    if constexpr (step == 8) {
      low &= 0x0000'ffff'0000'ffffU;
      low |= low >> 16;
    }
    return low & (~Word{0} >> step * 4);
  }
  static std::uint32_t decode8(const char* text, std::uint64_t& bad) noexcept {
    Word low = pack(nibbles(text, bad));
    if constexpr (step == 4) low |= pack(nibbles(text + 4, bad)) << 16;
    return __builtin_bswap32(static_cast<std::uint32_t>(low));
  }
  static std::uint64_t decode16(const char* text, std::uint64_t& bad) noexcept {
    const std::uint64_t high = decode8(text, bad);
    return high << 32 | decode8(text + 8, bad);
  }
  // Bytes, the first one in the lowest, as digits.
  static Word spread(Word low) noexcept {
    if constexpr (step == 8) low = (low | low << 16) & 0x0000'ffff'0000'ffffU;
    low = (low | low << 8) & (~Word{0} / 0xffff * 0xff);
    low = (low >> 4 | low << 8) & all(0x0f);
    return low + all('0') + (((low + all(6)) >> 4) & all(1)) * ('a' - '9' - 1);
  }
  static void encode8(std::uint32_t value, char* text) noexcept {
    const std::uint32_t bytes = __builtin_bswap32(value);
    const Word first = spread(step == 8 ? bytes : bytes & 0xffff);
    std::memcpy(text, &first, step);
    if constexpr (step == 4) {
      const Word second = spread(bytes >> 16);
      std::memcpy(text + 4, &second, step);
    }
  }
  static void encode16(std::uint64_t value, char* text) noexcept {
    encode8(static_cast<std::uint32_t>(value >> 32), text);
    encode8(static_cast<std::uint32_t>(value), text + 8);
  }
};

#if defined(__SSE2__)
struct Vector {
  static std::uint64_t decode16(const char* text, std::uint64_t& bad) noexcept {
    const __m128i chars = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text));
    const __m128i digit = _mm_sub_epi8(chars, _mm_set1_epi8('0'));
    const __m128i letter = _mm_sub_epi8(chars, _mm_set1_epi8('a' - 10));
    const __m128i is_letter = _mm_cmpgt_epi8(chars, _mm_set1_epi8('9'));
    const __m128i value = _mm_or_si128(_mm_and_si128(is_letter, letter), _mm_andnot_si128(is_letter, digit));
    // A digit must lie in 0 to 9 and a letter in 10 to 15.
    const __m128i least = _mm_and_si128(is_letter, _mm_set1_epi8(10));
    const __m128i most = _mm_or_si128(_mm_set1_epi8(9), _mm_and_si128(is_letter, _mm_set1_epi8(6)));
    const __m128i fits = _mm_and_si128(_mm_cmpeq_epi8(_mm_max_epu8(value, least), value),
                                       _mm_cmpeq_epi8(_mm_min_epu8(value, most), value));
    bad |= static_cast<unsigned>(_mm_movemask_epi8(fits)) ^ 0xffffU;
    const __m128i pairs = _mm_or_si128(_mm_slli_epi16(value, 4), _mm_srli_epi16(value, 8));
    const __m128i bytes = _mm_packus_epi16(_mm_and_si128(pairs, _mm_set1_epi16(0xff)), pairs);
    return __builtin_bswap64(static_cast<std::uint64_t>(_mm_cvtsi128_si64(bytes)));
  }
  static void encode16(std::uint64_t value, char* text) noexcept {
    const __m128i bytes = _mm_cvtsi64_si128(static_cast<long long>(__builtin_bswap64(value)));
    const __m128i mask = _mm_set1_epi8(0x0f);
    const __m128i low =
        _mm_unpacklo_epi8(_mm_and_si128(_mm_srli_epi16(bytes, 4), mask), _mm_and_si128(bytes, mask));
    const __m128i letter = _mm_and_si128(_mm_cmpgt_epi8(low, _mm_set1_epi8(9)), _mm_set1_epi8('a' - '9' - 1));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(text),
                     _mm_add_epi8(_mm_add_epi8(low, _mm_set1_epi8('0')), letter));
  }
};
#elif defined(__aarch64__)
struct Vector {
  static std::uint64_t decode16(const char* text, std::uint64_t& bad) noexcept {
    const uint8x16_t chars = vld1q_u8(reinterpret_cast<const std::uint8_t*>(text));
    const uint8x16_t digit = vsubq_u8(chars, vdupq_n_u8('0'));
    const uint8x16_t letter = vsubq_u8(chars, vdupq_n_u8('a'));
    const uint8x16_t is_letter = vcgtq_u8(chars, vdupq_n_u8('9'));
    const uint8x16_t value = vbslq_u8(is_letter, vaddq_u8(letter, vdupq_n_u8(10)), digit);
    // A digit is at most 9; a letter at most 5 above `a`, as an unsigned number.
    const uint8x16_t excess =
        vbslq_u8(is_letter, vqsubq_u8(letter, vdupq_n_u8(5)), vqsubq_u8(digit, vdupq_n_u8(9)));
    bad |= vmaxvq_u8(excess);
    const uint8x16_t pairs = vsliq_n_u8(vextq_u8(value, value, 1), value, 4);
    const uint8x8_t bytes = vget_low_u8(vuzp1q_u8(pairs, pairs));
    return vget_lane_u64(vreinterpret_u64_u8(vrev64_u8(bytes)), 0);
  }
  static void encode16(std::uint64_t value, char* text) noexcept {
    const uint8x8_t bytes = vrev64_u8(vcreate_u8(value));
    const uint8x16_t table = {'0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'};
    const uint8x16_t both = vcombine_u8(vshr_n_u8(bytes, 4), vand_u8(bytes, vdup_n_u8(0x0f)));
    const uint8x16_t chars = vqtbl1q_u8(table, both);
    uint8x8x2_t pairs;
    pairs.val[0] = vget_low_u8(chars);
    pairs.val[1] = vget_high_u8(chars);
    vst2_u8(reinterpret_cast<std::uint8_t*>(text), pairs);
  }
};
#else
using Vector = Swar;
#endif

// Without a parent, as a traced producer writes it; and with one.
inline constexpr std::size_t short_bytes = 51;
inline constexpr std::size_t long_bytes = 68;

inline Decision read_decision(char text, std::uint64_t& bad) noexcept {
  if (text == '0' || text == '1') return static_cast<Decision>(text - '0' + 1);
  bad |= static_cast<unsigned>(text ^ 'd');
  return Decision::debug;
}

template <typename Hex>
bool read_single(std::string_view value, Context& out) noexcept {
  const char* const text = value.data();
  if (value.size() != long_bytes && value.size() != short_bytes) return false;
  std::uint64_t bad = 0;
  out.trace_hi = Hex::decode16(text, bad);
  out.trace_lo = Hex::decode16(text + 16, bad);
  out.span_id = Hex::decode16(text + 33, bad);
  out.decision = read_decision(text[50], bad);
  bad |= static_cast<unsigned>(text[32] ^ '-') | static_cast<unsigned>(text[49] ^ '-');
  if (value.size() == long_bytes) {
    out.parent_id = Hex::decode16(text + 52, bad);
    bad |= static_cast<unsigned>(text[51] ^ '-');
  }
  return bad == 0 && out.valid();
}

inline B3Extraction refused() noexcept { return {B3Extraction::Kind::empty, B3Error::bad_character, {}}; }

template <typename Hex>
[[gnu::noinline]] B3Extraction parse(std::string_view value) noexcept {
  B3Extraction found{B3Extraction::Kind::ids, B3Error::ok, {}};
  if (!read_single<Hex>(value, found.context)) found = refused();
  return found;
}

// A header of a record, as a client hands it out.
struct Header {
  std::string_view name;
  std::string_view value;
};

// The X-B3 headers of one record, decoded as they come. What `parts` does not name was not written.
struct HeaderSet {
  using Hex = Vector;
  std::uint64_t trace_hi, trace_lo, span_id, parent_id;
  Decision decision;
  std::uint64_t bad = 0;
  unsigned parts = 0;

  void read_trace_id(std::string_view value) noexcept {
    if (value.size() != 32) return refuse();
    trace_hi = Hex::decode16(value.data(), bad);
    trace_lo = Hex::decode16(value.data() + 16, bad);
    if ((trace_hi | trace_lo) == 0) bad = 1;
    parts |= 1;
  }
  void read_id(std::string_view value, std::uint64_t& out, unsigned part) noexcept {
    if (value.size() != 16) return refuse();
    out = Hex::decode16(value.data(), bad);
    if (out == 0) bad = 1;
    parts |= part;
  }
  void read_sampled(std::string_view value) noexcept {
    if (value.size() != 1) return refuse();
    decision = read_decision(*value.data(), bad);
    if (decision == Decision::debug) bad = 1;
    parts |= 8;
  }
  void refuse() noexcept { bad = 1; }
  bool whole() const noexcept { return parts == 15 && bad == 0; }
  Context context() const noexcept { return {trace_hi, trace_lo, span_id, parent_id, decision}; }
};

// Whether 8 to 17 characters are those of a name of that length.
template <std::size_t Size>
bool is(const char* text, const char (&name)[Size]) noexcept {
  constexpr std::size_t last = Size - 1 - 8;
  const auto differ = [&](std::size_t at) {
    std::uint64_t left;
    std::uint64_t right;
    std::memcpy(&left, text + at, 8);
    std::memcpy(&right, name + at, 8);
    return left ^ right;
  };
  return (differ(0) | differ(last)) == 0 && (last <= 8 || text[8] == name[8]);
}

// gcc does not see that `parts` guards what was not written.
#ifndef __clang__
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
// One pass by the length of a name. Which headers a record has nobody knows beforehand: all rows ask this.
inline B3Extraction read_headers(const Header* headers, std::size_t count) noexcept {
  B3Extraction found;
  HeaderSet set;
  bool broken = false;
  for (const Header* header = headers; header != headers + count; ++header) {
    const char* const name = header->name.data();
    switch (header->name.size()) {
      case 2:
        if (std::memcmp(name, "b3", 2) != 0) break;
        broken = !read_single<Vector>(header->value, found.context);
        found.kind = B3Extraction::Kind::ids;
        break;
      case 11:
        if (is(name, "X-B3-SpanId")) set.read_id(header->value, set.span_id, 2);
        break;
      case 12:
        if (is(name, "X-B3-TraceId")) set.read_trace_id(header->value);
        if (is(name, "X-B3-Sampled")) set.read_sampled(header->value);
        break;
      case 17:
        if (is(name, "X-B3-ParentSpanId")) set.read_id(header->value, set.parent_id, 4);
        break;
      default:
        break;
    }
  }
  if (found.kind == B3Extraction::Kind::ids && !broken) {
    found.error = B3Error::ok;
  } else if (set.whole()) {
    found.kind = B3Extraction::Kind::ids;
    found.error = B3Error::ok;
    copy(set.context(), found.context);
  } else if (broken || (set.parts | set.bad) != 0) {
    found = refused();
  }
  return found;
}
#ifndef __clang__
#pragma GCC diagnostic pop
#endif

[[gnu::noinline]] inline B3Extraction extract(const Header* headers, std::size_t count) noexcept {
  return read_headers(headers, count);
}

template <typename Hex>
void write_short(const Context& context, char* text) noexcept {
  Hex::encode16(context.trace_hi, text);
  Hex::encode16(context.trace_lo, text + 16);
  text[32] = '-';
  Hex::encode16(context.span_id, text + 33);
  text[49] = '-';
  text[50] = context.decision == Decision::debug ? 'd' : context.decision == Decision::accept ? '1' : '0';
}

template <typename Hex>
[[gnu::noinline]] std::size_t write_long(const Context& context, char* text) noexcept {
  write_short<Hex>(context, text);
  text[51] = '-';
  Hex::encode16(context.parent_id, text + 52);
  return long_bytes;
}

template <typename Hex>
[[gnu::noinline]] std::size_t write_no_parent(const Context& context, char* text) noexcept {
  write_short<Hex>(context, text);
  return short_bytes;
}

// The X-B3 set of a context with a parent.
struct Set {
  char text[64];
  Header headers[4];
};
template <typename Hex>
[[gnu::noinline]] void write_set(const Context& context, Set& set) noexcept {
  Hex::encode16(context.trace_hi, set.text);
  Hex::encode16(context.trace_lo, set.text + 16);
  Hex::encode16(context.span_id, set.text + 32);
  Hex::encode16(context.parent_id, set.text + 48);
  set.headers[0] = {"X-B3-TraceId", {set.text, 32}};
  set.headers[1] = {"X-B3-SpanId", {set.text + 32, 16}};
  set.headers[2] = {"X-B3-ParentSpanId", {set.text + 48, 16}};
  set.headers[3] = context.decision == Decision::debug    ? Header{"X-B3-Flags", "1"}
                   : context.decision == Decision::accept ? Header{"X-B3-Sampled", "1"}
                                                          : Header{"X-B3-Sampled", "0"};
}

}  // namespace edgespan::bench::floor
