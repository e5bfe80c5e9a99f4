// SPDX-License-Identifier: Apache-2.0
// Header lines of HTTP as an operator writes them: `name=value` with commas between, percent-encoded. So
// OpenTelemetry's variables have them, too. A value may be a secret: no text for people shows one.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace edgespan::settings_detail {

struct HeaderPair {
  std::string_view name{};
  std::string_view value{};  // percent-encoded
};

// Takes the next pair off the front of `list`, without the blanks around name and value. What has no '=' is
// all name.
HeaderPair take_header_pair(std::string_view& list) noexcept;

// What is wrong with the pair, behind its name; null: nothing.
const char* header_problem(const HeaderPair& pair) noexcept;

// The room for the lines of a list of `bytes`: a pair as short as "a=b," becomes "a: b\r\n", and an empty
// line ends them.
constexpr std::size_t header_lines_max(std::size_t bytes) noexcept { return (bytes + 4) / 4 * 6 + 2; }

// Writes the pairs of a list, each of which is good, as HttpConfig::headers has them. Of several with one
// name the last counts. `out` has header_lines_max() of the list. Returns what was written.
std::string_view put_header_lines(std::string_view list, std::span<char> out) noexcept;

}  // namespace edgespan::settings_detail
