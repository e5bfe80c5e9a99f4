// SPDX-License-Identifier: Apache-2.0
#include "core/thread_state.hpp"

#include <array>
#include <atomic>

namespace edgespan::detail {

#if defined(EDGESPAN_MODEL)
#elif !defined(EDGESPAN_NO_THREADS)
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

std::atomic<std::uint32_t> foreign_ends{0};

namespace {

std::atomic<std::uint32_t> threads_seen{0};
std::atomic<std::uint32_t> tickets_drawn{0};

// A ticket has 20 bits for its thread, 12 for the scope.
constexpr unsigned ticket_shift = 12;
constexpr std::uint32_t scope_mask = (1U << ticket_shift) - 1;

// Tickets that nobody has looked at yet; 0: none.
std::array<std::atomic<std::uint32_t>, foreign_ends_max> foreign_tickets{};
std::atomic<std::uint32_t> foreign_next{0};

}  // namespace

std::uint32_t next_ticket(ThreadState& thread) noexcept {
  EDGESPAN_ASSERT(few_assertions ||
                  thread.depth < scope_depth_max);  // the ticket is for a scope that finds room
  while (thread.thread_ticket == 0) {
    thread.thread_ticket = (tickets_drawn.fetch_add(1, std::memory_order_relaxed) + 1) << ticket_shift;
  }
  EDGESPAN_ASSERT(few_assertions || (thread.thread_ticket & scope_mask) == 0);
  return thread.thread_ticket | (++thread.scopes_entered & scope_mask);
}

bool is_of(std::uint32_t ticket, const ThreadState& thread) noexcept {
  EDGESPAN_ASSERT(few_assertions || (ticket & ~scope_mask) != 0);
  return (ticket & ~scope_mask) == thread.thread_ticket;
}

void end_foreign_scope(std::uint32_t ticket) noexcept {
  if constexpr (!has_threads) return;
  EDGESPAN_ASSERT(few_assertions || !is_of(ticket, thread_state()));
  const std::uint32_t place = foreign_next.fetch_add(1, std::memory_order_relaxed) % foreign_ends_max;
  foreign_tickets[place].store(ticket, std::memory_order_relaxed);
  foreign_ends.fetch_add(1, std::memory_order_release);
}

// Each of this thread's tickets leaves the list, so that a later scope with the same number is not taken for
// it.
void leave_foreign_scopes(ThreadState& thread) noexcept {
  EDGESPAN_ASSERT(few_assertions || (thread.depth != 0 && thread.depth <= scope_depth_max));
  thread.foreign_seen = foreign_ends.load(std::memory_order_acquire);
  for (std::atomic<std::uint32_t>& place : foreign_tickets) {
    std::uint32_t ticket = place.load(std::memory_order_relaxed);
    if (ticket == 0 || !is_of(ticket, thread)) continue;
    place.compare_exchange_strong(ticket, 0, std::memory_order_relaxed);
    for (std::uint32_t i = 0; i < thread.depth; ++i) {
      if (thread.tickets[i] == ticket) thread.tickets[i] = 0;
    }
  }
  unwind_scopes(thread, thread.depth);
}

void unwind_scopes(ThreadState& thread, std::uint32_t depth) noexcept {
  EDGESPAN_ASSERT(few_assertions || (depth <= thread.depth && thread.depth <= scope_depth_max));
  while (has_threads && depth != 0 && thread.tickets[depth - 1] == 0) --depth;
  thread.depth = depth;
}

void choose_stripe(ThreadState& thread) noexcept {
  EDGESPAN_ASSERT(thread.stripe_plus_1 == 0);
  thread.stripe_plus_1 = threads_seen.fetch_add(1, std::memory_order_relaxed) % stripes + 1;
  EDGESPAN_ASSERT(thread.stripe_plus_1 != 0 && thread.stripe_plus_1 <= stripes);
}

}  // namespace edgespan::detail
