// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace edgespan::http_detail {

// ASCII alone: the locale of the host application has no say in a protocol.
constexpr char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

// `substr` that cannot throw: its range check would pull the exception machinery, heap included, into images
// that have neither. `n` may be npos.
constexpr std::string_view first_of(std::string_view text, std::size_t n) noexcept {
  return {text.data(), std::min(n, text.size())};
}

constexpr std::string_view after(std::string_view text, std::size_t n) noexcept {
  text.remove_prefix(std::min(n, text.size()));
  return text;
}

}  // namespace edgespan::http_detail
