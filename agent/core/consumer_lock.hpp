// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/tracing_state.hpp"

namespace edgespan::detail {

// The consumer's side: whoever holds it may take spans out of the ring and write the ledger. Held for a copy
// of at most one batch, never across I/O.
class ConsumerLock {
 public:
  explicit ConsumerLock(TracingState& state) noexcept;
  ~ConsumerLock() { release(state_); }
  ConsumerLock(const ConsumerLock&) = delete;
  ConsumerLock& operator=(const ConsumerLock&) = delete;

  static bool try_acquire(TracingState& state) noexcept;
  static void release(TracingState& state) noexcept {
    EDGESPAN_ASSERT(state.consumer_lock.load(std::memory_order_relaxed) != 0);
    state.consumer_lock.store(0, std::memory_order_release);
  }

 private:
  TracingState& state_;
};

}  // namespace edgespan::detail
