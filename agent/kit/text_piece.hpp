// SPDX-License-Identifier: Apache-2.0
// Pieces of a text. std::string_view::substr() names a function that throws.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace edgespan::settings_detail {

constexpr char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

// Whether two words are alike but for upper and lower case.
constexpr bool same_word(std::string_view text, std::string_view word) noexcept {
  return std::equal(text.begin(), text.end(), word.begin(), word.end(),
                    [](char a, char b) { return lower(a) == lower(b); });
}

// The first `size` bytes, or all if there are fewer.
constexpr std::string_view head(std::string_view text, std::size_t size) noexcept {
  return {text.data(), std::min(size, text.size())};
}

// What stands behind the first `size` bytes.
constexpr std::string_view tail(std::string_view text, std::size_t size) noexcept {
  text.remove_prefix(std::min(size, text.size()));
  return text;
}

// Without the blanks around it.
constexpr std::string_view trimmed(std::string_view text) noexcept {
  const auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

// Takes the next piece of a list off its front, without the blanks around it.
constexpr std::string_view take_piece(std::string_view& list, char separator) noexcept {
  const std::size_t end = std::min(list.find(separator), list.size());
  const std::string_view piece = head(list, end);
  list = tail(list, end + 1);
  return trimmed(piece);
}

constexpr int hex_digit(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  return lower(c) >= 'a' && lower(c) <= 'f' ? lower(c) - 'a' + 10 : -1;
}

// Takes the next byte off the front of a text that is not empty, "%20" as a blank. A '%' that two digits do
// not follow is itself.
constexpr char take_percent_decoded(std::string_view& text) noexcept {
  const int high = text.front() == '%' && text.size() > 2 ? hex_digit(text[1]) : -1;
  const int low = high >= 0 ? hex_digit(text[2]) : -1;
  const char byte = low >= 0 ? static_cast<char>(high * 16 + low) : text.front();
  text.remove_prefix(low >= 0 ? 3 : 1);
  return byte;
}

}  // namespace edgespan::settings_detail
