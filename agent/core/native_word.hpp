// SPDX-License-Identifier: Apache-2.0
// Text that is looked at a register at a time.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

namespace edgespan::b3_impl {

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

}  // namespace edgespan::b3_impl
