// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <edgespan/atomic.hpp>
#include <edgespan/reporter.hpp>

#include "core/batch_offerer.hpp"
#include "core/tracing_state.hpp"

namespace edgespan::detail {

// The inside of a Reporter: who may step, and what a step keeps in order beside the batch.
struct ReporterState {
  TracingState& tracing;
  BatchOfferer offerer;
  edgespan_worker worker{};             // as given to start(); zeros: the application calls step()
  Guarded<std::uint64_t> swept_us = 0;  // when open spans were last looked at
  Atomic<std::uint32_t> stepping{0};    // 1 while a thread is inside step()
  Atomic<bool> stopped{false};

  bool forked() const noexcept { return tracing.in_child(); }

  bool has_stopped() const noexcept { return stopped.load(std::memory_order_relaxed); }

  // False if another thread is inside.
  bool enter() noexcept {
    std::uint32_t free = 0;
    return stepping.compare_exchange_strong(free, 1, std::memory_order_acquire, std::memory_order_relaxed);
  }
  bool is_inside() const noexcept { return stepping.load(std::memory_order_relaxed) != 0; }
  void leave() noexcept {
    EDGESPAN_ASSERT(few_assertions || is_inside());
    stepping.store(0, std::memory_order_release);
  }
};

}  // namespace edgespan::detail
