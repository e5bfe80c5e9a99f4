// SPDX-License-Identifier: Apache-2.0
#include "cli/text/columns.hpp"

#include <algorithm>
#include <cstdint>

namespace edgespan::cli {
namespace {

std::string padding(std::string_view text, std::size_t width) {
  return std::string(width - std::min(width, columns(text)), ' ');
}

}  // namespace

std::size_t columns(std::string_view text) noexcept {
  // Every byte of UTF-8 but 10xxxxxx begins a character.
  const auto begins_character = [](char c) { return (static_cast<std::uint8_t>(c) & 0xC0) != 0x80; };
  return static_cast<std::size_t>(std::ranges::count_if(text, begins_character));
}

std::string left_aligned(std::string_view text, std::size_t width) {
  return std::string{text} + padding(text, width);
}

std::string right_aligned(std::string_view text, std::size_t width) {
  return padding(text, width) + std::string{text};
}

}  // namespace edgespan::cli
