// SPDX-License-Identifier: Apache-2.0
// Who may change an open span: its owner, or a sweep that ends it. Ownership decides, and nobody waits.
//
// An owner enters its slot at every call, so this has to be cheap: it writes SpanSlot::inside with a plain
// store, and then looks whether the span is still open. A sweep ends a span rarely, so it takes over the
// dear part. It marks the slot as `ending`, makes all threads run a barrier, and then reads `inside`. So one
// of the two sees the other at least: an owner that is inside keeps its span, and an owner that comes later
// finds the mark and may take its span back, until the sweep has made the slot busy. One thread at a time
// sweeps, so that nobody takes the mark of another sweep for its own.
//
// After a sweep has ended a span, its owner may still come, and would write into `inside` of whoever has the
// slot by then. From then on the slot is contested: `inside` says nothing, and every call makes the slot busy
// with a compare-and-swap. So does every call where the port cannot make all threads run a barrier.
#pragma once

#include <cstdint>

#include "core/pause_point.hpp"
#include "core/slot_phase.hpp"
#include "core/tracing_state.hpp"

namespace edgespan::detail {

constexpr bool contested(std::uint32_t generation) noexcept { return (generation & slot_contested) != 0; }

// Makes an open slot busy for this thread. False: it is not open, or not with this generation.
inline bool make_busy(SpanSlot& slot, std::uint32_t generation) noexcept {
  std::uint32_t expected = slot_state(generation, SlotPhase::open);
  return slot.state.compare_exchange_strong(expected, slot_state(generation, SlotPhase::busy),
                                            std::memory_order_acquire, std::memory_order_relaxed);
}

// For an owner that has found its slot in another state than open. False: a sweep has ended the span.
bool take_back(SpanSlot& slot, std::uint32_t generation, std::uint32_t seen) noexcept;

// The owner shows itself inside of a slot that is not contested. False: it cannot, and has to come in by
// enter_slot(). In a forked child, a thread of the parent stands inside for ever.
inline bool step_in(SpanSlot& slot, std::uint32_t generation) noexcept {
  if (contested(generation) || slot.inside.load(std::memory_order_relaxed) != 0) [[unlikely]]
    return false;
  EDGESPAN_PAUSE_POINT(slot_entered);
  slot.inside.store(1, std::memory_order_relaxed);
  light_fence();
  return true;
}
// Then it looks at the slot, and may change it if it is open.
inline bool is_open(const SpanSlot& slot, std::uint32_t generation) noexcept {
  return slot.state.load(std::memory_order_relaxed) == slot_state(generation, SlotPhase::open);
}
// The same, if a sweep has marked the slot. False: a sweep has ended the span.
inline bool stay_in(SpanSlot& slot, std::uint32_t generation) noexcept {
  const std::uint32_t seen = slot.state.load(std::memory_order_relaxed);
  return seen == slot_state(generation, SlotPhase::open) || take_back(slot, generation, seen);
}

// Lets the owner into its slot, for one change or to end the span. False: the span was ended. Without threads
// nobody can meet the slot before its owner leaves it: the main loop sweeps, and an interrupt ends before the
// main loop goes on.
inline bool enter_slot(SpanSlot& slot, std::uint32_t generation) noexcept {
  if constexpr (!has_threads) return is_open(slot, generation);
  if (contested(generation)) [[unlikely]]
    return make_busy(slot, generation);
  return step_in(slot, generation) && stay_in(slot, generation);
}

// Whether this thread may read and write the slot, as far as its words tell.
inline bool in_hand(const SpanSlot& slot) noexcept {
  if (has_threads && slot.inside.load(std::memory_order_relaxed) != 0) return true;
  const SlotPhase phase = slot_phase(slot.state.load(std::memory_order_relaxed));
  return has_threads ? phase == SlotPhase::busy : phase != SlotPhase::free;
}

// The owner has changed the span and leaves it open: a slot that it has stepped into, and any.
inline void step_out(SpanSlot& slot) noexcept { slot.inside.store(0, std::memory_order_release); }
inline void leave_slot(SpanSlot& slot, std::uint32_t generation) noexcept {
  EDGESPAN_ASSERT(few_assertions || in_hand(slot));
  if constexpr (!has_threads) return;
  if (contested(generation)) [[unlikely]] {
    slot.state.store(slot_state(generation, SlotPhase::open), std::memory_order_release);
  } else {
    step_out(slot);
  }
}

// The owner has ended the span. `inside` stays as it is, so that a sweep which has marked the slot leaves it.
inline void free_slot(SpanSlot& slot, std::uint32_t generation) noexcept {
  EDGESPAN_ASSERT(in_hand(slot));
  slot.state.store(slot_state(generation, SlotPhase::free), std::memory_order_release);
}

// Makes an open slot busy for a sweep. False: its owner is inside, or has ended the span.
bool take_from_thread(TracingState& state, SpanSlot& slot, std::uint32_t generation) noexcept;
inline bool take_from_owner(TracingState& state, SpanSlot& slot, std::uint32_t generation) noexcept {
  if constexpr (!has_threads) return enter_slot(slot, generation);
  return take_from_thread(state, slot, generation);
}

// The sweep has ended the span.
inline void free_contested(SpanSlot& slot, std::uint32_t generation) noexcept {
  EDGESPAN_ASSERT(!has_threads ||
                  slot.state.load(std::memory_order_relaxed) == slot_state(generation, SlotPhase::busy));
  const std::uint32_t next = has_threads ? generation | slot_contested : generation;
  slot.state.store(slot_state(next, SlotPhase::free), std::memory_order_release);
}

}  // namespace edgespan::detail
