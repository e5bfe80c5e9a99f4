// SPDX-License-Identifier: Apache-2.0
// The floor: straight-line code for the one case of the workload, doing only what cannot be left out. It
// knows every length and every constant beforehand, asks nobody whether it may, and shares nothing with the
// agent.
#pragma once

#include <ctime>

#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace edgespan::bench::floor {

struct Ids {
  std::uint64_t trace_hi, trace_lo, span_id, parent_id;
  char decision;
};

inline std::uint64_t now_us() noexcept {
  timespec now;
  clock_gettime(CLOCK_BOOTTIME, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000 + static_cast<std::uint64_t>(now.tv_nsec) / 1'000;
}

// xoshiro256**.
struct Random {
  std::uint64_t s[4] = {0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB, 0x2545F4914F6CDD1D};
  std::uint64_t next() noexcept {
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
};

inline void store_be64(void* out, std::uint64_t value) noexcept {
  value = __builtin_bswap64(value);
  std::memcpy(out, &value, 8);
}

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

// trace-span-decision-parent, 68 characters.
template <typename Hex>
bool parse(const char* text, Ids& out) noexcept {
  std::uint64_t bad = 0;
  out.trace_hi = Hex::decode16(text, bad);
  out.trace_lo = Hex::decode16(text + 16, bad);
  out.span_id = Hex::decode16(text + 33, bad);
  out.parent_id = Hex::decode16(text + 52, bad);
  out.decision = text[50];
  bad |= static_cast<unsigned>(text[32] ^ '-') | static_cast<unsigned>(text[49] ^ '-') |
         static_cast<unsigned>(text[51] ^ '-');
  return bad == 0 && (out.trace_hi | out.trace_lo) != 0 && out.span_id != 0 &&
         (out.decision == '0' || out.decision == '1' || out.decision == 'd');
}

// trace-span-decision, 51 characters: what a traced producer writes.
template <typename Hex>
bool parse_short(const char* text, Ids& out) noexcept {
  std::uint64_t bad = 0;
  out.trace_hi = Hex::decode16(text, bad);
  out.trace_lo = Hex::decode16(text + 16, bad);
  out.span_id = Hex::decode16(text + 33, bad);
  out.decision = text[50];
  bad |= static_cast<unsigned>(text[32] ^ '-') | static_cast<unsigned>(text[49] ^ '-');
  return bad == 0 && (out.trace_hi | out.trace_lo) != 0 && out.span_id != 0 &&
         (out.decision == '0' || out.decision == '1' || out.decision == 'd');
}

template <typename Hex>
void write(const Ids& ids, char* text) noexcept {
  Hex::encode16(ids.trace_hi, text);
  Hex::encode16(ids.trace_lo, text + 16);
  text[32] = '-';
  Hex::encode16(ids.span_id, text + 33);
  text[49] = '-';
  text[50] = ids.decision;
}

template <typename Hex>
void write_with_parent(const Ids& ids, char* text) noexcept {
  write<Hex>(ids, text);
  text[51] = '-';
  Hex::encode16(ids.parent_id, text + 52);
}

// A ring for one thread's spans: one claim, one copy, one store that shows it.
struct Ring {
  static constexpr std::uint32_t bytes = 65'536;
  // What a record takes: its header, and whole words.
  static constexpr std::uint32_t step(std::uint32_t size) noexcept { return 4 + (size + 3) / 4 * 4; }

  std::byte* claim(std::uint32_t size) noexcept {
    std::uint32_t at = end.load(std::memory_order_relaxed);
    std::uint32_t begin = 0;
    do {
      begin = at + step(size) > bytes ? 0 : at;
    } while (!end.compare_exchange_weak(at, begin + step(size), std::memory_order_relaxed));
    return memory + begin + 4;
  }
  static void commit(std::byte* claimed, std::uint32_t size) noexcept {
    auto* const header = reinterpret_cast<std::uint32_t*>(claimed - 4);
    std::atomic_ref<std::uint32_t>{*header}.store(size, std::memory_order_release);
  }

  alignas(64) std::byte memory[bytes];
  std::atomic<std::uint32_t> end{0};
};

}  // namespace edgespan::bench::floor
