// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

namespace edgespan {

// Why a `b3` value or a set of X-B3 headers gave nothing usable; `ok` if it did.
enum class B3Error : std::uint8_t {
  ok,
  absent,         // no trace header at all
  too_long,       // a value longer than its format allows
  bad_length,     // an id has a length that its place does not allow
  bad_character,  // something that is not lower-case hexadecimal in an id
  bad_separator,  // '-' missing, doubled or trailing; too many fields
  bad_decision,   // not one of 0 1 d (single) or 0 1 true false (X-B3-Sampled)
  zero_trace_id,
  zero_span_id,
  zero_parent_id,   // multi only: there a zero parent spoils the set, in `b3` it means "no parent"
  missing_span_id,  // multi: a trace id without a span id
};

// The name of the enumerator, as text.
std::string_view b3_error_name(B3Error error) noexcept;

}  // namespace edgespan
