// SPDX-License-Identifier: Apache-2.0
#include "core/slot_owner.hpp"

namespace edgespan::detail {

bool take_back(SpanSlot& slot, std::uint32_t generation, std::uint32_t seen) noexcept {
  EDGESPAN_ASSERT(!contested(generation));
  const std::uint32_t open = slot_state(generation, SlotPhase::open);
  while (seen == slot_state(generation, SlotPhase::ending)) {
    if (slot.state.compare_exchange_strong(seen, open, std::memory_order_relaxed, std::memory_order_relaxed))
      return true;
  }
  if (seen == open) return true;  // the sweep has seen this owner, and gone
  slot.inside.store(0, std::memory_order_relaxed);
  return false;
}

bool take_from_thread(TracingState& state, SpanSlot& slot, std::uint32_t generation) noexcept {
  if (contested(generation)) return make_busy(slot, generation);
  EDGESPAN_ASSERT(state.clock.fence_threads != nullptr);  // else all slots are contested
  std::uint32_t seen = slot_state(generation, SlotPhase::open);
  const std::uint32_t ending = slot_state(generation, SlotPhase::ending);
  if (!slot.state.compare_exchange_strong(seen, ending, std::memory_order_relaxed, std::memory_order_relaxed))
    return false;
  EDGESPAN_PAUSE_POINT(slot_marked);
  state.clock.fence_threads(state.clock.ctx);
  const bool owner_inside = slot.inside.load(std::memory_order_acquire) != 0;
  const SlotPhase next = owner_inside ? SlotPhase::open : SlotPhase::busy;
  seen = ending;
  return slot.state.compare_exchange_strong(seen, slot_state(generation, next), std::memory_order_relaxed,
                                            std::memory_order_relaxed) &&
         !owner_inside;
}

}  // namespace edgespan::detail
