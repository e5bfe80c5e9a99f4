// SPDX-License-Identifier: Apache-2.0
// The spans that were started and not finished: each has a slot of TracingMemory::spans.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/put_span.hpp"
#include "core/slot_phase.hpp"
#include "core/tracing_state.hpp"

namespace edgespan::detail {

// Starts a child of `parent`, or, if that is not valid, a span that continues this thread's scope or begins a
// trace, with the decision that `parent` may hold. The span is empty if tracing is off. Any thread. `*slot`
// is then the span's slot, or null if it is not sampled or has none: the caller may fill it, and gives it to
// the span with open_slot(). Until then nobody else ends the span. A caller that fills in nothing gives null
// for `slot`.
Span start_child(Tracing& tracing, const Context& parent, SpanSlot** slot) noexcept;
inline Span start_child(Tracing& tracing, const Context& parent, SpanSlot*& slot) noexcept {
  return start_child(tracing, parent, &slot);
}
inline void open_slot(SpanSlot& slot, std::uint32_t generation) noexcept {
  slot.state.store(slot_state(generation, SlotPhase::open), std::memory_order_release);
}
EDGESPAN_SHARED inline void open_slot(SpanSlot* slot) noexcept {
  if (slot == nullptr) return;
  const std::uint32_t state = slot->state.load(std::memory_order_relaxed);
  EDGESPAN_ASSERT(slot_phase(state) == SlotPhase::busy);
  open_slot(*slot, slot_generation(state));
}

// A span names its slot by where it ends, in bytes from the first slot's begin: 0 is none.
inline bool has_slot(const TracingState& state, std::uint32_t end) noexcept {
  return end - sizeof(SpanSlot) < state.memory.spans.size_bytes();
}
inline SpanSlot& slot_of(const TracingState& state, std::uint32_t end) noexcept {
  auto* const slots = reinterpret_cast<std::byte*>(state.memory.spans.data());
  return *reinterpret_cast<SpanSlot*>(slots + end - sizeof(SpanSlot));
}
inline SpanSlot& slot_at(const TracingState& state, std::uint32_t end) noexcept {
  EDGESPAN_ASSERT(has_slot(state, end));
  return slot_of(state, end);
}

// Puts the span of a slot that is in this thread's hand into the ring, or drops and counts it. The slot stays
// as it is. put_slot() tries it once; false: there is no room in the ring.
bool put_slot(TracingState& state, const SpanSlot& slot, std::uint64_t now_us) noexcept;
EDGESPAN_SHARED inline void end_slot(TracingState& state, const SpanSlot& slot,
                                     std::uint64_t now_us) noexcept {
  put_or_drop(state, [&] { return put_slot(state, slot, now_us); });
}

// Ends the span of the slot that ends there, now, for its owner; nothing if a sweep has ended it. Where
// quick_texts is set.
void finish_quickly(TracingState& state, std::uint32_t end, std::uint32_t generation) noexcept;

// The tag that marks a span as failed.
inline constexpr std::string_view error_key = "error";

// Adds a tag to a slot that is in this thread's hand and that does not hold its key. Key (1 to 127 bytes)
// and value are UTF-8. A tag that does not fit is counted as Event::text_cut.
void add_tag(TracingState& state, SpanSlot& slot, std::string_view key, std::string_view value) noexcept;

// Ends the spans that are older than the deadline, or all of them, with the tag error=abandoned. A span that
// its owner changes at this moment is left to the next sweep. Any thread that holds the HouseLock.
void sweep_spans(TracingState& state, std::uint64_t now_us, bool all) noexcept;

}  // namespace edgespan::detail
