// SPDX-License-Identifier: Apache-2.0
// Rules about text: UTF-8, ASCII, and the length of a number in the wire format.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>

#include "core/assert.hpp"
#include "core/code.hpp"

namespace edgespan::detail {

constexpr std::size_t varint_size(std::size_t value) noexcept {
  return value < 0x80 ? 1 : value < 0x4000 ? 2 : 3;
}

constexpr char lower_ascii(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

// Length of the well-formed UTF-8 sequence at `at`, or 0: no overlong forms, no surrogates, nothing past
// U+10FFFF.
constexpr std::size_t utf8_sequence(std::string_view text, std::size_t at) noexcept {
  EDGESPAN_ASSERT(at < text.size());
  const auto lead = static_cast<std::uint8_t>(text[at]);
  if (lead < 0x80) return 1;
  const std::size_t size = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  if (lead < 0xC2 || lead > 0xF4 || text.size() - at < size) return 0;
  std::uint32_t point = lead & (0x7FU >> size);
  for (std::size_t i = 1; i < size; ++i) {
    const auto tail = static_cast<std::uint8_t>(text[at + i]);
    if ((tail & 0xC0) != 0x80) return 0;
    point = point << 6 | (tail & 0x3FU);
  }
  const bool overlong = point < (size == 2 ? 0x80U : size == 3 ? 0x800U : 0x10000U);
  return overlong || point >> 11 == 0xD800 >> 11 || point > 0x10FFFF ? 0 : size;
}

// Most texts are ASCII, which is seen a register at a time. Asks `ok` for words that together hold every
// character, some of them twice; a word that no text fills is filled with blanks.
template <typename Ok>
bool all_words(std::string_view text, Ok ok) noexcept {
  using Word = std::uintptr_t;
  const char* const at = text.data();
  const std::size_t size = text.size();
  const auto load = [at]<typename Part>(std::size_t i, Part part) {
    std::memcpy(&part, at + i, sizeof part);
    return Word{part};
  };
  const auto byte = [at](std::size_t i) { return Word{static_cast<std::uint8_t>(at[i])}; };
  if (size >= sizeof(Word)) {
    for (std::size_t i = 0; i + sizeof(Word) < size; i += sizeof(Word)) {
      if (!ok(load(i, Word{}))) return false;
    }
    return ok(load(size - sizeof(Word), Word{}));
  }
  if constexpr (sizeof(Word) > 4) {
    if (size >= 4) return ok(load(0, std::uint32_t{}) | load(size - 4, std::uint32_t{}) << 32);
  }
  if (size == 0) return true;
  return ok((~Word{0} / 255 * ' ' << 24) | byte(0) | byte(size / 2) << 8 | byte(size - 1) << 16);
}

// Whether every character of a text of 8 bytes or more is printable ASCII, seen sixteen at a time; some of
// them twice. A vector of the compiler's: every 64-bit processor has such registers.
EDGESPAN_INLINE bool printable_long(std::string_view text) noexcept {
  using Chars = std::uint8_t __attribute__((vector_size(16)));
  using Signed = std::int8_t __attribute__((vector_size(16)));
  using Words = std::uint64_t __attribute__((vector_size(16)));
  EDGESPAN_ASSERT(few_assertions || text.size() >= 8);
  const auto load = [&]<typename Part>(std::size_t i, Part part) {
    std::memcpy(&part, text.data() + i, sizeof part);
    return part;
  };
  // One more is negative from 0x7F on, but for 0xFF. The bits of all characters for which it holds.
  const auto printable = [](Chars chars) { return reinterpret_cast<Signed>(chars + 1) > ' '; };
  Signed seen;
  if (text.size() < 16) {
    const Words ends{load(0, std::uint64_t{}), load(text.size() - 8, std::uint64_t{})};
    seen = printable(reinterpret_cast<Chars>(ends));
  } else {
    seen = printable(load(text.size() - 16, Chars{}));
    for (std::size_t i = 0; i + 16 < text.size(); i += 16) seen &= printable(load(i, Chars{}));
  }
  const auto words = reinterpret_cast<Words>(seen);
  return (words[0] & words[1]) == UINT64_MAX;
}

// Whether every character is ASCII; printable ASCII. Quick and exact, at run time only.
inline bool ascii(std::string_view text) noexcept {
  constexpr std::uintptr_t ones = ~std::uintptr_t{0} / 255;
  return all_words(text, [](std::uintptr_t word) { return (word & ones * 0x80) == 0; });
}
EDGESPAN_INLINE bool printable_ascii(std::string_view text) noexcept {
  if constexpr (wide_code) {
    if (text.size() >= 8) return printable_long(text);
  }
  constexpr std::uintptr_t ones = ~std::uintptr_t{0} / 255;
  return all_words(text, [](std::uintptr_t word) {
    // Bytes below 0x80 are added to, so that no sum reaches the next byte.
    const std::uintptr_t low = word & ones * 0x7F;
    const std::uintptr_t from_blank = low + ones * (0x80 - 0x20);
    const std::uintptr_t is_del = low + ones;
    return (from_blank & ~is_del & ~word & ones * 0x80) == ones * 0x80;
  });
}

// Whether every character is ASCII and none is NUL.
inline bool ascii_without_nul(std::string_view text) noexcept {
  constexpr std::uintptr_t ones = ~std::uintptr_t{0} / 255;
  return all_words(text,
                   [](std::uintptr_t word) { return ((word | ~(word + ones * 0x7F)) & ones * 0x80) == 0; });
}

// Makes the ASCII letters of a word lower-case, and leaves all other bytes as they are.
EDGESPAN_INLINE constexpr std::uintptr_t lower_word(std::uintptr_t word) noexcept {
  constexpr std::uintptr_t ones = ~std::uintptr_t{0} / 255;
  const std::uintptr_t low = word & ones * 0x7F;
  const std::uintptr_t from_a = low + ones * (0x80 - 'A');
  const std::uintptr_t behind_z = low + ones * (0x80 - 'Z' - 1);
  return word | (from_a & ~behind_z & ~word & ones * 0x80) >> 2;
}

constexpr bool utf8(std::string_view text) noexcept {
  if (!small_code && !std::is_constant_evaluated() && ascii(text)) return true;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t n = static_cast<std::uint8_t>(text[at]) < 0x80 ? 1 : utf8_sequence(text, at);
    if (n == 0) return false;
    at += n;
  }
  return true;
}

// Whether a text can be a service's name, as far as its characters go: UTF-8 without a NUL.
[[gnu::always_inline]] inline bool name_text(std::string_view text) noexcept {
  if (!small_code && ascii_without_nul(text)) return true;
  return utf8(text) && text.find('\0') == text.npos;
}

// At most `bytes_max` bytes of well-formed UTF-8 from the start of `text`, cut between characters.
constexpr std::string_view cut_utf8(std::string_view text, std::size_t bytes_max) noexcept {
  if (text.size() <= bytes_max) return text;
  std::size_t end = bytes_max;
  while (end > 0 && (static_cast<std::uint8_t>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end);
}

// A record key that people can read: not empty, UTF-8, no control characters. Binary keys are never shown.
constexpr bool text_key(std::string_view key) noexcept {
  if (key.empty()) return false;
  if (!small_code && !std::is_constant_evaluated() && printable_ascii(key)) return true;
  for (std::size_t at = 0; at < key.size();) {
    const auto c = static_cast<std::uint8_t>(key[at]);
    if (c < 0x20 || c == 0x7F) return false;
    const std::size_t n = c < 0x80 ? 1 : utf8_sequence(key, at);
    if (n == 0) return false;
    at += n;
  }
  return true;
}

}  // namespace edgespan::detail
