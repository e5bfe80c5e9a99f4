// SPDX-License-Identifier: Apache-2.0
#include "wrap.hpp"

#include "core/tracing_state.hpp"

namespace edgespan::simtest {

void set_counters_near_wrap(detail::TracingState& state, std::uint32_t distance) {
  const std::uint32_t near = 0U - distance;
  state.ring.count_from(near);
  for (std::uint32_t i = 0; i < detail::stripes; ++i) {
    for (auto& dropped : state.ring.counters(i).dropped) dropped.store(near, std::memory_order_relaxed);
    state.ledger.accepted[i] = state.ledger.popped[i] = near;
    state.ledger.sums.delivered += near;
  }
  for (auto& event : state.events) event.store(near, std::memory_order_relaxed);
  constexpr std::uint32_t generation_max = 0x3FFFFFFF;
  // Odd or even: the slots are contested, or not.
  for (SpanSlot& slot : state.memory.spans) {
    slot.state.store((generation_max - distance % 8) << 2, std::memory_order_relaxed);
  }
}

}  // namespace edgespan::simtest
