// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace edgespan::cli {

// Text as one field of a line: spaces, control characters, backslashes and bytes that are not UTF-8 become
// \xHH, so that a line always splits at its spaces, whatever a record holds. The escapes are those that
// `edgespan b3` reads.
std::string field(std::string_view text);

// As field(), for what stands left of a '=': that is escaped too.
std::string field_name(std::string_view text);

// Text for people: spaces stay, everything that could move the cursor or is not UTF-8 is escaped.
std::string printable(std::string_view text);

// "1 span waits", "2 spans wait".
std::string counted(std::uint64_t count, std::string_view one, std::string_view many);

// Columns that UTF-8 text takes on a terminal, one a character.
std::size_t columns(std::string_view text) noexcept;

}  // namespace edgespan::cli
