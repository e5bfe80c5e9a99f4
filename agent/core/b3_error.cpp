// SPDX-License-Identifier: Apache-2.0
// A file of its own: few programs print these names, and the others need not carry them.
#include <edgespan/b3_error.hpp>

#include <array>

namespace edgespan {

std::string_view b3_error_name(B3Error error) noexcept {
  static constexpr std::array<std::string_view, 11> names{
      "ok",           "absent",        "too_long",     "bad_length",     "bad_character",  "bad_separator",
      "bad_decision", "zero_trace_id", "zero_span_id", "zero_parent_id", "missing_span_id"};
  static_assert(names.size() == static_cast<std::size_t>(B3Error::missing_span_id) + 1);
  const auto index = static_cast<std::size_t>(error);
  return index < names.size() ? names[index] : std::string_view{"unknown"};
}

}  // namespace edgespan
