// SPDX-License-Identifier: Apache-2.0
// Text in columns of a terminal.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace edgespan::cli {

// The columns that UTF-8 text takes, one for each character.
std::size_t columns(std::string_view text) noexcept;

// The text with blanks after it or before it, so that it takes `width` columns. A longer text stays as it is.
std::string left_aligned(std::string_view text, std::size_t width);
std::string right_aligned(std::string_view text, std::size_t width);

}  // namespace edgespan::cli
