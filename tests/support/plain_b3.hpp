// SPDX-License-Identifier: Apache-2.0
// A second parser of B3's single header, which splits at '-' and reads digit by digit.
#pragma once

#include <edgespan/b3.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace edgespan::test {

inline bool read_digits(std::string_view id, std::uint64_t& high, std::uint64_t& low) {
  high = low = 0;
  for (const char digit : id) {
    const std::size_t value = std::string_view{"0123456789abcdef"}.find(digit);
    if (value == std::string_view::npos) return false;
    high = high << 4 | low >> 60;
    low = low << 4 | value;
  }
  return true;
}

inline bool read_letter(std::string_view field, Decision& decision) {
  if (field == "0") decision = Decision::deny;
  if (field == "1") decision = Decision::accept;
  if (field == "d") decision = Decision::debug;
  return field == "0" || field == "1" || field == "d";
}

inline bool read_fields(const std::array<std::string_view, 6>& fields, std::size_t count, Context& context) {
  std::uint64_t none = 0;
  if (count < 2 || count > 4) return false;
  if (fields[0].size() != 16 && fields[0].size() != 32) return false;
  if (!read_digits(fields[0], context.trace_hi, context.trace_lo)) return false;
  if (fields[1].size() != 16 || !read_digits(fields[1], none, context.span_id)) return false;
  if (!context.valid()) return false;
  std::string_view parent = count == 4 ? fields[3] : std::string_view{};
  if (count > 2 && !read_letter(fields[2], context.decision)) {
    if (count == 4 || fields[2].size() == 1) return false;
    parent = fields[2];
  } else if (count < 4) {
    return true;
  }
  return parent.size() == 16 && read_digits(parent, none, context.parent_id);
}

// What b3_parse() must find, but for the error.
inline B3Extraction plain_parse(std::string_view value) {
  B3Extraction found;
  if (value.size() > b3_single_max) return found;
  if (read_letter(value, found.context.decision)) {
    found.kind = B3Extraction::Kind::flags;
    return found;
  }
  std::array<std::string_view, 6> fields{};
  std::size_t count = 0;
  while (count < fields.size()) {
    const std::size_t end = value.find('-');
    fields[count++] = value.substr(0, end);
    if (end == std::string_view::npos) break;
    value.remove_prefix(end + 1);
  }
  if (!read_fields(fields, count, found.context)) return {};
  found.kind = B3Extraction::Kind::ids;
  return found;
}

}  // namespace edgespan::test
