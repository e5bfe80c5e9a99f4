// SPDX-License-Identifier: Apache-2.0
// Which context counts where a message has headers of both formats. Whoever writes a trace header appends it,
// so the one that stands last is the newest.
#pragma once

#include <edgespan/b3.hpp>

#include "core/assert.hpp"

namespace edgespan::detail {

constexpr bool same_trace(const Context& left, const Context& right) noexcept {
  return left.trace_hi == right.trace_hi && left.trace_lo == right.trace_lo;
}

// What two headers of one trace, or a bare decision beside ids, say of the decision. The newest one counts,
// unless it says nothing; `traceparent` cannot say debug and does not take it back.
constexpr Decision merge_decisions(Decision b3, Decision parent, bool parent_last) noexcept {
  const Decision newest = parent_last || b3 == Decision::undecided ? parent : b3;
  return newest == Decision::accept && b3 == Decision::debug ? Decision::debug : newest;
}

// Adds what a `traceparent` says, which is a valid context, to what B3 headers say. False: the trace is
// another one than that of the `traceparent`, which then says nothing.
constexpr bool merge_traceparent(B3Extraction& found, const Context& parent, bool parent_last) noexcept {
  EDGESPAN_ASSERT(parent.valid() && parent.decision != Decision::undecided);
  const Decision b3 = found.context.decision;
  const bool ids = found.kind == B3Extraction::Kind::ids;
  const bool one_trace = ids ? same_trace(found.context, parent) : found.kind == B3Extraction::Kind::flags;
  if (ids && !one_trace && !parent_last) return false;
  if (!ids || parent_last) {
    found.context = parent;
  } else {
    found.context.w3c = parent.w3c;
  }
  if (one_trace) found.context.decision = merge_decisions(b3, parent.decision, parent_last);
  found.kind = B3Extraction::Kind::ids;
  found.error = B3Error::ok;
  return true;
}

}  // namespace edgespan::detail
