// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace edgespan {

// What is known of the sampling decision. `debug` is an accept that no later sampler, the collector's
// included, may take back.
enum class Decision : std::uint8_t { undecided = 0, deny = 1, accept = 2, debug = 3 };

// What W3C trace context says of a trace beside its ids and its decision: the bits of Context::w3c.
inline constexpr std::uint8_t came_with_traceparent = 1;  // the trace came in with a `traceparent`
inline constexpr std::uint8_t random_trace_id = 2;        // the low 7 bytes of its id are random

// The ids of one span and the decision that travels with them. A plain value; `span_id == 0` means "no
// context".
struct Context {
  std::uint64_t trace_hi = 0;   // 0: a 64-bit trace id
  std::uint64_t trace_lo = 0;   // may be 0 while trace_hi is not
  std::uint64_t span_id = 0;    // never 0 in a valid context
  std::uint64_t parent_id = 0;  // 0: none
  Decision decision = Decision::undecided;
  std::uint8_t w3c = 0;  // came_with_traceparent and random_trace_id; children have their parent's

  constexpr bool valid() const noexcept { return span_id != 0 && (trace_hi | trace_lo) != 0; }
  constexpr bool sampled() const noexcept { return decision >= Decision::accept; }
  friend constexpr bool operator==(const Context&, const Context&) noexcept = default;
};

}  // namespace edgespan
