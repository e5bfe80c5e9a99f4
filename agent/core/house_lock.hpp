// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/tracing_state.hpp"

namespace edgespan::detail {

// Whoever holds it may change the list of housekeepers, or call them. Held for one sweep of all parts at
// most.
class HouseLock {
 public:
  explicit HouseLock(TracingState& state) noexcept : state_{state} {
    if constexpr (!has_threads) return;
    for (std::uint32_t open = 0; !state.house_lock.compare_exchange_weak(open, 1, std::memory_order_acquire,
                                                                         std::memory_order_relaxed);
         open = 0) {
      state.pause(20);
    }
  }
  ~HouseLock() {
    if constexpr (has_threads) state_.house_lock.store(0, std::memory_order_release);
  }
  HouseLock(const HouseLock&) = delete;
  HouseLock& operator=(const HouseLock&) = delete;

 private:
  TracingState& state_;
};

}  // namespace edgespan::detail
