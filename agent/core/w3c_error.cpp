// SPDX-License-Identifier: Apache-2.0
// A file of its own: few programs print these names, and the others need not carry them.
#include <edgespan/w3c_error.hpp>

#include <array>

namespace edgespan {

std::string_view w3c_error_name(W3cError error) noexcept {
  static constexpr std::array<std::string_view, 8> names{
      "ok",          "absent",        "bad_length",  "bad_separator", "bad_character",
      "bad_version", "zero_trace_id", "zero_span_id"};
  static_assert(names.size() == static_cast<std::size_t>(W3cError::zero_span_id) + 1);
  const auto index = static_cast<std::size_t>(error);
  return index < names.size() ? names[index] : std::string_view{"unknown"};
}

}  // namespace edgespan
