// SPDX-License-Identifier: Apache-2.0
// W3C trace context, level 2: reading and writing `traceparent`. No allocation, no terminator, no read past a
// value.
#pragma once

#include <cstddef>
#include <edgespan/context.hpp>
#include <edgespan/tracestate.hpp>
#include <edgespan/w3c_error.hpp>
#include <span>
#include <string_view>

namespace edgespan {

// OpenTelemetry finds it in lower case only, as `tracestate`.
inline constexpr std::string_view traceparent_name = "traceparent";

// What is written: version, trace id, parent id and flags, 2 + 1 + 32 + 1 + 16 + 1 + 2 characters.
inline constexpr std::size_t traceparent_bytes = 55;

// What a `traceparent` says. The context is meaningful if `error` is ok. Its decision is accept or deny, its
// parent_id is 0, and its `w3c` says that the trace came in with a traceparent.
struct W3cExtraction {
  W3cError error = W3cError::absent;
  Context context{};
};

// Reads a value as strictly as the propagators of OpenTelemetry: lower case, nothing is trimmed. A later
// version than 00 may go on with '-' behind the flags. Of the flags, bit 0 is the decision and bit 1 says
// that the trace id is random; others are ignored. Looks at no more than 56 characters.
W3cExtraction traceparent_parse(std::string_view value) noexcept;

// Writes version 00, a 64-bit trace id with 16 zeros in front. Returns traceparent_bytes; 0, and nothing is
// written, for a context that is not valid() or is undecided: there is no undecided traceparent.
std::size_t traceparent_format(const Context& context, std::span<char, traceparent_bytes> out) noexcept;

}  // namespace edgespan
