// SPDX-License-Identifier: Apache-2.0
#include "core/thread_state.hpp"

#include <atomic>

namespace edgespan::detail {

#if !defined(EDGESPAN_NO_THREADS)
constinit thread_local ThreadState this_thread{};
#elif defined(EDGESPAN_INTERRUPTS)
namespace {
constinit ThreadState main_loop{};
constinit ThreadState interrupts{};
}  // namespace
ThreadState& thread_state() noexcept {
  std::uint32_t exception = 0;
  asm("mrs %0, ipsr" : "=r"(exception));
  return exception == 0 ? main_loop : interrupts;
}
#else
constinit ThreadState this_thread{};
#endif

namespace {
std::atomic<std::uint32_t> threads_seen{0};
}

void choose_stripe(ThreadState& thread) noexcept {
  thread.stripe_plus_1 = threads_seen.fetch_add(1, std::memory_order_relaxed) % stripes + 1;
}

}  // namespace edgespan::detail
