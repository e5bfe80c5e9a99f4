// SPDX-License-Identifier: Apache-2.0
#include "wrap.hpp"

#include <array>

#include "core/tracing_state.hpp"

namespace edgespan::simtest {
namespace {

// The one counter that the ring does not show. An explicit instantiation may name a private member; the
// friend that it brings along hands it out.
template <auto Member>
struct Reveal {
  friend constexpr auto reading_member() { return Member; }
};
constexpr auto reading_member();
template struct Reveal<&detail::SpanRing::reading_>;

}  // namespace

void set_counters_near_wrap(detail::TracingState& state, std::uint32_t distance) {
  const std::uint32_t near = 0U - distance;
  for (std::uint32_t i = 0; i < detail::stripes; ++i) {
    detail::StripeCounters& counters = state.ring.counters(i);
    counters.accepted.store(near, std::memory_order_relaxed);
    for (auto& dropped : counters.dropped) dropped.store(near, std::memory_order_relaxed);
    (state.ring.*reading_member())[i].popped = near;
    state.ledger.accepted[i] = state.ledger.popped[i] = near;
    state.ledger.sums.delivered += near;
  }
  for (auto& event : state.events) event.store(near, std::memory_order_relaxed);
  constexpr std::uint32_t generation_max = 0x3FFFFFFF;
  for (SpanSlot& slot : state.memory.spans) {
    slot.state.store((generation_max - distance % 8) << 2, std::memory_order_relaxed);
  }
}

}  // namespace edgespan::simtest
