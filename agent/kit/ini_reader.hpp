// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <edgespan/posix_text_file.hpp>
#include <string_view>

namespace edgespan::settings_detail {

// One `name = value` of an INI file, without the blanks around it.
struct IniEntry {
  std::string_view section;  // empty: before the first one
  std::string_view name;
  std::string_view value;
  std::uint32_t line = 0;
};

inline constexpr std::size_t ini_line_bytes_max = 198;
inline constexpr std::size_t ini_section_bytes_max = 48;

// Takes an entry; false ends the reading.
using IniHandler = bool (*)(void* ctx, const IniEntry& entry);

// What ended the reading of a file.
struct IniEnd {
  // Null: the end of the file, or the handler. Else what is wrong with `line`, as a text without a full stop.
  const char* problem = nullptr;
  std::uint32_t line = 0;
};

// Reads a file, with inih. A line that is no entry, no section and no comment (`;` or `#`) is an error, as is
// one that is too long or holds a NUL. A value does not go on in the next line. A library of inih that a
// distribution compiled may allocate 200 bytes meanwhile.
IniEnd read_ini(posix::TextFile& file, IniHandler handler, void* ctx) noexcept;

}  // namespace edgespan::settings_detail
