// SPDX-License-Identifier: Apache-2.0
#include "core/consumer_lock.hpp"

namespace edgespan::detail {

ConsumerLock::ConsumerLock(TracingState& state) noexcept : state_{state} {
  EDGESPAN_ASSERT(few_assertions || state.epoch != 0);
  while (!try_acquire(state) && has_threads) state.pause(20);
  EDGESPAN_ASSERT(few_assertions || state.consumer_lock.load(std::memory_order_relaxed) == 1);
}

bool ConsumerLock::try_acquire(TracingState& state) noexcept {
  std::uint32_t open = 0;
  return state.consumer_lock.compare_exchange_strong(open, 1, std::memory_order_acquire,
                                                     std::memory_order_relaxed);
}

}  // namespace edgespan::detail
