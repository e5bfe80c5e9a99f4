// SPDX-License-Identifier: Apache-2.0
#include "core/b3_impl.hpp"
#include "core/state.hpp"
#include "core/thread_state.hpp"

namespace edgespan {
namespace detail {

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

}  // namespace detail

namespace {
constexpr Context no_context{};
}

const Context& current() noexcept {
  const Context* const scope = detail::innermost_scope();
  return scope == nullptr ? no_context : *scope;
}

Scope::Scope(Tracing& tracing, const Context& context) noexcept : tracing_{&tracing} {
  detail::ThreadState& thread = detail::thread_state();
  if (!context.valid()) return;
  if (thread.depth >= scope_depth_max) {
    tracing.state().count(detail::Event::scope_refused);
    return;
  }
  thread.scopes[thread.depth++] = context;
  thread_ = &thread;
  depth_ = thread.depth;
}

Scope::~Scope() {
  if (thread_ == nullptr) return;
  detail::ThreadState& thread = detail::thread_state();
  if (thread_ != &thread || thread.depth != depth_) {
    tracing_->state().count(detail::Event::scope_refused);
    if (thread_ != &thread || thread.depth < depth_) return;
  }
  thread.depth = depth_ - 1;
}

LogIds log_ids(const Context& context) noexcept {
  LogIds ids;
  if (!context.valid()) return ids;
  b3_impl::write_trace_id<b3_impl::HexFast>(context, ids.trace_text);
  b3_impl::HexFast::encode16(context.span_id, ids.span_text);
  return ids;
}

}  // namespace edgespan
