// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

namespace edgespan {

// Why a `traceparent` gave nothing usable; `ok` if it did.
enum class W3cError : std::uint8_t {
  ok,
  absent,         // no such header
  bad_length,     // less than 55 characters; more in version 00, or without '-' behind the flags
  bad_separator,  // '-' does not stand where it must
  bad_character,  // something that is not lower-case hexadecimal
  bad_version,    // ff
  zero_trace_id,
  zero_span_id,
};

// The name of the enumerator, as text.
std::string_view w3c_error_name(W3cError error) noexcept;

}  // namespace edgespan
