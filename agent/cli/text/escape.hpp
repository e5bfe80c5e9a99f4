// SPDX-License-Identifier: Apache-2.0
// Text of unknown origin, made safe to print. An escape is \xHH, which `edgespan headers` reads.
#pragma once

#include <string>
#include <string_view>

namespace edgespan::cli {

// One field of a line: spaces, control characters, backslashes and bytes that are not UTF-8 are escaped. So a
// line always splits at its spaces, whatever a record holds.
std::string field(std::string_view text);

// A field that stands left of '=': that character is escaped, too.
std::string field_name(std::string_view text);

// Text for people: spaces stay. Control characters, which could move the cursor, and bytes that are not UTF-8
// are escaped.
std::string printable(std::string_view text);

bool is_utf8(std::string_view text) noexcept;

}  // namespace edgespan::cli
