// SPDX-License-Identifier: Apache-2.0
#include <edgespan/trace_reader.hpp>

#include "core/assert.hpp"
#include "core/merge_traces.hpp"
#include "core/trace_key.hpp"

namespace edgespan {

bool is_trace_header(std::string_view name) noexcept {
  return b3_key(name) != B3Key::none || detail::w3c_key(name) != detail::TraceKey::none;
}

bool TraceReader::add_w3c(std::string_view name, std::string_view value) noexcept {
  switch (detail::w3c_key(name)) {
    case detail::TraceKey::traceparent:
      parent_ = value;
      has_parent_ = value.data() != nullptr;
      parent_last_ = true;
      if (!state_has_parent_) {
        state_parent_ = value;
        state_has_parent_ = states_ != 0;
      }
      return true;
    case detail::TraceKey::tracestate:
      state_ = value;
      states_ = states_ == 0 ? 1 : 2;
      state_has_parent_ = has_parent_;
      return true;
    default:
      return false;
  }
}

// Not inlined: a message without a traceparent does not pay for it.
[[gnu::noinline]] void TraceReader::add_parent(Extraction& result, B3Extraction& found) const noexcept {
  EDGESPAN_ASSERT(has_parent_ && result.w3c_error == W3cError::absent);
  const W3cExtraction parent = traceparent_parse(parent_);
  result.w3c_error = parent.error;
  if (parent.error != W3cError::ok || !detail::merge_traceparent(found, parent.context, parent_last_)) return;
  if (states_ != 1 || state_.size() > tracestate_max_) return;
  const Context& state_parent =
      state_parent_.data() == parent_.data() ? parent.context : traceparent_parse(state_parent_).context;
  if (detail::same_trace(state_parent, parent.context) && tracestate_valid(state_)) {
    result.tracestate = state_;
    result.tracestate_dropped = false;
  }
}

Extraction TraceReader::extract() const noexcept {
  Extraction result;
  B3Extraction found = b3_.extract();
  result.b3_error = found.error;
  result.tracestate_dropped = states_ != 0;
  if (has_parent_) add_parent(result, found);
  result.kind = found.kind;
  result.context = found.context;
  return result;
}

}  // namespace edgespan
