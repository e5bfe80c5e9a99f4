// SPDX-License-Identifier: Apache-2.0
// The names that a setting has in the environment and among properties.
#pragma once

#include <string_view>

#include "kit/text_line.hpp"

namespace edgespan::settings_detail {

inline constexpr std::string_view variable_prefix = "EDGESPAN_";
inline constexpr std::string_view property_prefix = "edgespan.";

// EDGESPAN_FLUSH of "flush".
inline void put_variable(std::string_view name, TextLine& out) noexcept {
  out << variable_prefix;
  for (const char c : name) {
    const char upper = c >= 'a' && c <= 'z' ? static_cast<char>(c - ('a' - 'A')) : c;
    out << std::string_view{&upper, 1};
  }
}

// edgespan.flush of "flush".
inline void put_property(std::string_view name, TextLine& out) noexcept { out << property_prefix << name; }

}  // namespace edgespan::settings_detail
