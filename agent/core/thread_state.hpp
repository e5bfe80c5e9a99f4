// SPDX-License-Identifier: Apache-2.0
// What each thread has of its own: open scopes, a generator of ids, a stripe of the ring.
#pragma once

#include <array>
#include <cstdint>
#include <edgespan/context.hpp>
#include <edgespan/scope.hpp>

#include "core/span_ring.hpp"

namespace edgespan::detail {

struct ThreadState {
  std::array<Context, scope_depth_max> scopes;
  std::uint32_t depth;
  std::uint32_t stripe_plus_1;  // 0: not chosen yet
  std::uint32_t seeded_for;     // the epoch of the tracing that seeded the generator; 0: none
  std::uint32_t slot;           // of its last span: likely to be free again, and in this core's cache
  std::array<std::uint64_t, 4> generator;
};

// Zero-initialised and without a destructor, so that it costs a thread nothing until it traces; read without
// a call where there are threads.
#if !defined(EDGESPAN_NO_THREADS)
extern constinit thread_local ThreadState this_thread;
inline ThreadState& thread_state() noexcept { return this_thread; }
#elif defined(__ARM_ARCH_PROFILE) && __ARM_ARCH_PROFILE == 'M'
// An interrupt may come between any two instructions of the main loop, so it has a state of its own. It does
// not continue the main loop's scope either: it has nothing to do with the work that it interrupts.
#define EDGESPAN_INTERRUPTS 1
ThreadState& thread_state() noexcept;
#else
extern constinit ThreadState this_thread;
inline ThreadState& thread_state() noexcept { return this_thread; }
#endif

// The context of this thread's innermost scope; null if there is none.
inline const Context* innermost_scope() noexcept {
  const ThreadState& thread = thread_state();
  return thread.depth == 0 ? nullptr : &thread.scopes[thread.depth - 1];
}

void choose_stripe(ThreadState& thread) noexcept;
inline std::uint32_t thread_stripe() noexcept {
  if constexpr (stripes == 1) return 0;
  ThreadState& thread = thread_state();
  if (thread.stripe_plus_1 == 0) [[unlikely]]
    choose_stripe(thread);
  return thread.stripe_plus_1 - 1;
}

}  // namespace edgespan::detail
