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

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace edgespan::bench::floor {

// Eight digits at a time in a general register; sixteen at a time in a vector.
struct Swar {
  static std::uint64_t all(unsigned byte) noexcept { return ~std::uint64_t{0} / 255 * byte; }
  static std::uint64_t nibbles(const char* text, std::uint64_t& bad) noexcept {
    std::uint64_t chars;
    std::memcpy(&chars, text, 8);
    const std::uint64_t letter = (chars & all(0x40)) >> 6;  // 0x61-0x66 against 0x30-0x39
    const std::uint64_t low = (chars & all(0x0f)) + letter * 9;
    // What these nibbles would be written as must be what stood there.
    bad |= chars ^ (low + all('0') + letter * ('a' - '0' - 10));
    bad |= ((low + all(0x70)) & all(0x80)) | ((((low + all(6)) >> 4) & all(1)) ^ letter);
    return low;
  }
  static std::uint32_t pack(std::uint64_t low) noexcept {
    low = (low << 4 | low >> 8) & 0x00ff'00ff'00ff'00ffU;
    low = (low | low >> 8) & 0x0000'ffff'0000'ffffU;
    return __builtin_bswap32(static_cast<std::uint32_t>(low | low >> 16));
  }
  static std::uint64_t decode16(const char* text, std::uint64_t& bad) noexcept {
    const std::uint64_t high = pack(nibbles(text, bad));
    return high << 32 | pack(nibbles(text + 8, bad));
  }
  static std::uint64_t spread(std::uint32_t value) noexcept {
    std::uint64_t low = __builtin_bswap32(value);
    low = (low | low << 16) & 0x0000'ffff'0000'ffffU;
    low = (low | low << 8) & 0x00ff'00ff'00ff'00ffU;
    low = (low >> 4 | low << 8) & all(0x0f);
    return low + all('0') + (((low + all(6)) >> 4) & all(1)) * ('a' - '9' - 1);
  }
  static void encode16(std::uint64_t value, char* text) noexcept {
    const std::uint64_t high = spread(static_cast<std::uint32_t>(value >> 32));
    const std::uint64_t low = spread(static_cast<std::uint32_t>(value));
    std::memcpy(text, &high, 8);
    std::memcpy(text + 8, &low, 8);
  }
};

#ifdef __SSE2__
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

// The X-B3 headers of one record, decoded as they come.
struct HeaderSet {
  using Hex = Vector;
  Context context;
  std::uint64_t bad = 0;
  unsigned parts = 0;

  void trace_id(std::string_view value) noexcept {
    if (value.size() != 32) return refuse();
    context.trace_hi = Hex::decode16(value.data(), bad);
    context.trace_lo = Hex::decode16(value.data() + 16, bad);
    parts |= 1;
  }
  void id(std::string_view value, std::uint64_t& out, unsigned part) noexcept {
    if (value.size() != 16) return refuse();
    out = Hex::decode16(value.data(), bad);
    if (out == 0) bad = 1;
    parts |= part;
  }
  void sampled(std::string_view value) noexcept {
    if (value.size() != 1) return refuse();
    context.decision = read_decision(*value.data(), bad);
    if (context.decision == Decision::debug) bad = 1;
    parts |= 8;
  }
  void refuse() noexcept { bad = 1; }
  bool whole() const noexcept { return parts == 15 && bad == 0 && context.valid(); }
};

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
        if (std::memcmp(name, "X-B3-SpanId", 11) == 0) set.id(header->value, set.context.span_id, 2);
        break;
      case 12:
        if (std::memcmp(name, "X-B3-TraceId", 12) == 0) set.trace_id(header->value);
        if (std::memcmp(name, "X-B3-Sampled", 12) == 0) set.sampled(header->value);
        break;
      case 17:
        if (std::memcmp(name, "X-B3-ParentSpanId", 17) == 0) set.id(header->value, set.context.parent_id, 4);
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
    copy(set.context, found.context);
  } else if (broken || (set.parts | set.bad) != 0) {
    found = refused();
  }
  return found;
}

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

}  // namespace edgespan::bench::floor
