// SPDX-License-Identifier: Apache-2.0
// Which trace header a name is. Names of headers are bytes, and other systems write them in other cases:
// letters are folded; everything else must be equal, as '\r' must not pass for '-'.
#pragma once

#include <edgespan/b3.hpp>

#include "core/assert.hpp"
#include "core/code.hpp"
#include "core/native_word.hpp"

#include <array>
#include <cstddef>
#include <string_view>

namespace edgespan::b3_impl {

// A name in lower case and, at each letter, the bit that folds the case of what it is compared with.
template <std::size_t size>
struct FoldedName {
  std::array<char, size> lower{};
  std::array<char, size> fold{};
};

template <B3Key key>
constexpr auto folded_name() noexcept {
  constexpr std::string_view name = b3_key_names[static_cast<std::size_t>(key)];
  FoldedName<name.size()> folded;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const char lower = static_cast<char>(name[i] | 0x20);
    const bool letter = lower >= 'a' && lower <= 'z';
    folded.lower[i] = letter ? lower : name[i];
    folded.fold[i] = letter ? 0x20 : 0;
  }
  return folded;
}

// Whether `text`, of the length of the key's name, is that name in any case. Compares a word at a time; the
// last word overlaps the one before it, so that nothing past the name is read.
template <B3Key key>
constexpr bool is_name(const char* text) noexcept {
  constexpr auto folded = folded_name<key>();
  constexpr std::size_t size = folded.lower.size();
  using Word = NativeWord;
  if constexpr (size < sizeof(Word)) {
    bool same = true;
    for (std::size_t i = 0; i < size; ++i) same &= (text[i] | folded.fold[i]) == folded.lower[i];
    return same;
  } else {
    Word difference = 0;
    for (std::size_t i = 0; i < size; i += sizeof(Word)) {
      const std::size_t at = i + sizeof(Word) <= size ? i : size - sizeof(Word);
      const Word word = load_word<Word>(text + at) | load_word<Word>(folded.fold.data() + at);
      difference |= word ^ load_word<Word>(folded.lower.data() + at);
    }
    return difference == 0;
  }
}

template <B3Key key>
constexpr B3Key if_named(const char* text) noexcept {
  return is_name<key>(text) ? key : B3Key::none;
}

constexpr std::size_t name_size(B3Key key) noexcept {
  return b3_key_names[static_cast<std::size_t>(key)].size();
}

// A name of at least the shortest X-B3 length: the length leaves one candidate, or two that differ in their
// sixth letter.
EDGESPAN_INLINE constexpr B3Key find_set_key(std::string_view name) noexcept {
  static_assert(name_size(B3Key::trace_id) == name_size(B3Key::sampled));
  EDGESPAN_ASSERT(name.size() >= name_size(B3Key::flags));
  const char* const text = name.data();
  // Not a switch: Cortex-M0 calls a library function for its table.
  const std::size_t size = name.size();
  if (size == name_size(B3Key::trace_id)) {
    if ((text[5] | 0x20) == 't') return if_named<B3Key::trace_id>(text);
    return if_named<B3Key::sampled>(text);
  }
  if (size == name_size(B3Key::span_id)) return if_named<B3Key::span_id>(text);
  if (size == name_size(B3Key::flags)) return if_named<B3Key::flags>(text);
  if (size == name_size(B3Key::parent_span_id)) return if_named<B3Key::parent_span_id>(text);
  return B3Key::none;
}

// Name by name and letter by letter.
constexpr B3Key find_key_shortly(std::string_view name) noexcept {
  for (std::size_t key = 0; key < b3_key_names.size(); ++key) {
    const std::string_view wanted = b3_key_names[key];
    if (wanted.size() != name.size()) continue;
    std::size_t i = 0;
    while (i < name.size() && (name[i] == wanted[i] || (((name[i] ^ wanted[i]) == 0x20) && wanted[i] >= 'A')))
      ++i;
    if (i == name.size()) return static_cast<B3Key>(key);
  }
  return B3Key::none;
}

// The end of it for most of an application's own headers.
EDGESPAN_INLINE constexpr B3Key find_key(std::string_view name) noexcept {
  if constexpr (detail::small_code) return find_key_shortly(name);
  if (name.size() == name_size(B3Key::b3)) return if_named<B3Key::b3>(name.data());
  if (name.size() < name_size(B3Key::flags) || (name[0] | 0x20) != 'x') return B3Key::none;
  return find_set_key(name);
}

}  // namespace edgespan::b3_impl
