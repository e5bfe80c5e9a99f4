// SPDX-License-Identifier: Apache-2.0
#include "core/tracing_state.hpp"

namespace edgespan::detail {

void wake_reporter(TracingState& state) noexcept {
  EDGESPAN_ASSERT(state.epoch != 0);
  EDGESPAN_ASSERT(few_assertions || state.ring.chunks() != 0);
  if (state.ring.chunks_used() * 2 < state.ring.chunks()) return;
  if (state.wake_sent.load(std::memory_order_relaxed) != 0 ||
      state.wake_sent.exchange(1, std::memory_order_relaxed) != 0)
    return;
  if (const edgespan_worker* worker = state.worker.load(std::memory_order_acquire)) worker->wake(worker->ctx);
}

void fold_counters(TracingState& state) noexcept {
  const auto fold = [](std::uint64_t& sum, std::uint32_t now) {
    sum += now - static_cast<std::uint32_t>(sum);
  };
  EDGESPAN_ASSERT(state.consumer_lock.load(std::memory_order_relaxed) != 0);
  for (std::uint32_t i = 0; i < stripes; ++i) {
    fold(state.ledger.popped[i], state.ring.popped(i));
    fold(state.ledger.accepted[i], state.ring.accepted(i));
    StripeCounters& counters = state.ring.counters(i);
    for (std::size_t drop = 0; drop < early_drops; ++drop) {
      fold(state.ledger.dropped_early[i][drop], counters.dropped[drop].load(std::memory_order_relaxed));
    }
  }
}

}  // namespace edgespan::detail
