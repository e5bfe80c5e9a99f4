// SPDX-License-Identifier: Apache-2.0
// Pieces of a text. std::string_view::substr() names a function that throws.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace edgespan::settings_detail {

// The first `size` bytes, or all if there are fewer.
constexpr std::string_view head(std::string_view text, std::size_t size) noexcept {
  return {text.data(), std::min(size, text.size())};
}

// What stands behind the first `size` bytes.
constexpr std::string_view tail(std::string_view text, std::size_t size) noexcept {
  text.remove_prefix(std::min(size, text.size()));
  return text;
}

}  // namespace edgespan::settings_detail
