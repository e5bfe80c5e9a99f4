// SPDX-License-Identifier: Apache-2.0
// The spans that were started and not finished: each has a slot of TracingMemory::spans.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/tracing_state.hpp"

namespace edgespan::detail {

// Starts a span with this context at `start_us` of the monotonic clock; 0: now. A context that is not sampled
// takes no slot. Any thread.
Span open_span(Tracing& tracing, const Context& context, std::uint64_t start_us) noexcept;

// The slot of a span of this thread; null if the span is not recorded, or no longer open.
inline SpanSlot* open_slot(const Span& span) noexcept { return Access::open_slot(span); }

// Puts the span of a slot, which this thread has made busy or expired, into the ring, or drops and counts it.
// The slot stays as it is.
void end_slot(TracingState& state, const SpanSlot& slot, std::uint64_t now_us) noexcept;

// The tag that marks a span as failed.
inline constexpr std::string_view error_key = "error";

// Adds a tag that the span does not have yet. Key (1 to 127 bytes) and value are UTF-8. The span belongs to
// this thread. A tag that does not fit is counted as Event::text_cut.
void add_tag(TracingState& state, SpanSlot& slot, std::string_view key, std::string_view value) noexcept;

// Ends the spans that are older than the deadline, or all of them, in two calls: the first one takes a span
// from its owner, the next one puts it into the ring, when no call of the owner can still be writing. Returns
// whether this call took any span from its owner. One thread at a time.
bool sweep_spans(TracingState& state, std::uint64_t now_us, bool all) noexcept;

}  // namespace edgespan::detail
