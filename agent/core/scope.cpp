// SPDX-License-Identifier: Apache-2.0
#include "core/state.hpp"
#include "core/thread_state.hpp"

namespace edgespan {
namespace core {
namespace {

#if !defined(EDGESPAN_NO_THREADS)
constinit thread_local ThreadState the_thread{};
ThreadState& present() noexcept { return the_thread; }
#elif defined(__ARM_ARCH_PROFILE) && __ARM_ARCH_PROFILE == 'M'
// An interrupt may come between any two instructions of the main loop, so it has a state of its own. It does not
// continue the main loop's scope either: it has nothing to do with the work that it interrupts.
constinit ThreadState main_loop{};
constinit ThreadState interrupts{};
ThreadState& present() noexcept {
  std::uint32_t exception = 0;
  asm("mrs %0, ipsr" : "=r"(exception));
  return exception == 0 ? main_loop : interrupts;
}
#else
constinit ThreadState the_thread{};
ThreadState& present() noexcept { return the_thread; }
#endif

std::atomic<std::uint32_t> threads_seen{0};

}  // namespace

ThreadState& thread_state() noexcept { return present(); }

std::uint32_t thread_stripe() noexcept {
  ThreadState& thread = thread_state();
  if (thread.stripe_plus_1 == 0)
    thread.stripe_plus_1 = threads_seen.fetch_add(1, std::memory_order_relaxed) % stripes + 1;
  return thread.stripe_plus_1 - 1;
}

}  // namespace core

namespace {
constexpr Context no_context{};
}

const Context& current() noexcept {
  const core::ThreadState& thread = core::thread_state();
  return thread.depth == 0 ? no_context : thread.scopes[thread.depth - 1];
}

Scope::Scope(Tracing& tracing, const Context& context) noexcept : tracing_{&tracing} {
  core::ThreadState& thread = core::thread_state();
  if (!context.valid()) return;
  if (thread.depth >= scope_depth_max) {
    tracing.state().count(core::Event::scope_refused);
    return;
  }
  thread.scopes[thread.depth++] = context;
  thread_ = &thread;
  depth_ = thread.depth;
}

Scope::~Scope() {
  if (thread_ == nullptr) return;
  core::ThreadState& thread = core::thread_state();
  if (thread_ != &thread || thread.depth != depth_) {
    tracing_->state().count(core::Event::scope_refused);
    if (thread_ != &thread || thread.depth < depth_) return;
  }
  thread.depth = depth_ - 1;
}

LogIds log_ids(const Context& context) noexcept {
  LogIds ids;
  if (!context.valid()) return ids;
  const auto hex = [](std::uint64_t value, char* out) {
    for (int shift = 60; shift >= 0; shift -= 4) *out++ = "0123456789abcdef"[value >> shift & 0xF];
    return out;
  };
  char* out = ids.trace_text;
  if (context.trace_hi != 0) out = hex(context.trace_hi, out);
  hex(context.trace_lo, out);
  hex(context.span_id, ids.span_text);
  return ids;
}

}  // namespace edgespan
