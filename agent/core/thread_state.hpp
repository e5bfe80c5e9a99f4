// SPDX-License-Identifier: Apache-2.0
// What each thread has of its own: open scopes, a generator of ids, a stripe of the ring.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <edgespan/context.hpp>
#include <edgespan/scope.hpp>

#include "core/assert.hpp"
#include "core/span_ring.hpp"

namespace edgespan::detail {

struct ThreadState {
  std::array<Context, scope_depth_max> scopes;
  std::array<std::uint32_t, scope_depth_max> tickets;  // of the scopes: who may end them
  std::uint32_t depth;
  std::uint32_t thread_ticket;   // which thread this is, in the upper bits of its tickets; 0: not chosen yet
  std::uint32_t scopes_entered;  // by this thread
  std::uint32_t foreign_seen;    // how many foreign ends this thread has looked at
  std::uint32_t stripe_plus_1;   // 0: not chosen yet
  std::uint32_t seeded_for;      // the epoch of the tracing that seeded the generator; 0: none
  std::uint32_t slot;  // where that of its last span begins: likely to be free, and in this core's cache
  std::array<std::uint64_t, 4> generator;
};

// Zero-initialised and without a destructor, so that it costs a thread nothing until it traces; read without
// a call where there are threads.
#if defined(EDGESPAN_MODEL)
ThreadState& thread_state() noexcept;  // the threads of the model are none of the system's
#elif !defined(EDGESPAN_NO_THREADS)
extern constinit thread_local ThreadState this_thread;
// Where code may be moved, finding it is a call, which the compiler would make at every access.
inline ThreadState& thread_state() noexcept {
  ThreadState* state = &this_thread;
  if constexpr (!small_code) asm("" : "+r"(state));
  return *state;
}
#elif defined(__ARM_ARCH_PROFILE) && __ARM_ARCH_PROFILE == 'M'
// An interrupt may come between any two instructions of the main loop, so it has a state of its own. It does
// not continue the main loop's scope either: it has nothing to do with the work that it interrupts.
#define EDGESPAN_INTERRUPTS 1
ThreadState& thread_state() noexcept;
#else
extern constinit ThreadState this_thread;
inline ThreadState& thread_state() noexcept { return this_thread; }
#endif

// Scopes that another thread ended than the one that entered them. Nobody may write into the state of another
// thread, which may have ended. So whoever ends such a scope leaves its ticket in a list, and a thread looks
// through the list when its count has changed. Of more than foreign_ends_max scopes that end between two
// looks the oldest are missed.
inline constexpr std::uint32_t foreign_ends_max = 64;
extern std::atomic<std::uint32_t> foreign_ends;
void leave_foreign_scopes(ThreadState& thread) noexcept;

// The context of this thread's innermost scope; null if there is none.
inline const Context* innermost_scope() noexcept {
  ThreadState& thread = thread_state();
  EDGESPAN_ASSERT(few_assertions || thread.depth <= scope_depth_max);
  if (has_threads && thread.depth != 0 && thread.foreign_seen != foreign_ends.load(std::memory_order_acquire))
      [[unlikely]] {
    leave_foreign_scopes(thread);
  }
  return thread.depth == 0 ? nullptr : &thread.scopes[thread.depth - 1];
}

// A scope's ticket tells it from others that are open or were ended not long ago.
std::uint32_t next_ticket(ThreadState& thread) noexcept;
bool is_of(std::uint32_t ticket, const ThreadState& thread) noexcept;
void end_foreign_scope(std::uint32_t ticket) noexcept;
// Takes scopes off the thread's stack that are not open any more: all from `depth` on, and those below that
// ended before.
void unwind_scopes(ThreadState& thread, std::uint32_t depth) noexcept;

void choose_stripe(ThreadState& thread) noexcept;
inline std::uint32_t thread_stripe() noexcept {
  if constexpr (!has_threads) return 0;
  ThreadState& thread = thread_state();
  if (thread.stripe_plus_1 == 0) [[unlikely]]
    choose_stripe(thread);
  return thread.stripe_plus_1 - 1;
}

}  // namespace edgespan::detail
