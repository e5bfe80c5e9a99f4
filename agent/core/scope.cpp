// SPDX-License-Identifier: Apache-2.0
#include <edgespan/scope.hpp>

#include "core/tracing_state.hpp"

namespace edgespan {
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
  EDGESPAN_ASSERT(detail::few_assertions || thread.depth <= scope_depth_max);
  if (thread.depth >= scope_depth_max) {
    detail::state_of(tracing).count(detail::Event::scope_refused);
    return;
  }
  if constexpr (detail::has_threads) {
    ticket_ = detail::next_ticket(thread);
    EDGESPAN_ASSERT(detail::few_assertions || ticket_ != 0);
    thread.tickets[thread.depth] = ticket_;
  }
  thread.scopes[thread.depth++] = context;
  depth_ = thread.depth;
}

Scope::~Scope() {
  if (depth_ == 0) return;
  EDGESPAN_ASSERT(tracing_ != nullptr && depth_ <= scope_depth_max);
  detail::ThreadState& thread = detail::thread_state();
  EDGESPAN_ASSERT(detail::few_assertions || thread.depth <= scope_depth_max);
  const bool mine = !detail::has_threads || detail::is_of(ticket_, thread);
  const bool open =
      mine && depth_ <= thread.depth && (!detail::has_threads || thread.tickets[depth_ - 1] == ticket_);
  if (!open || thread.depth != depth_) detail::state_of(*tracing_).count(detail::Event::scope_refused);
  if (!mine) detail::end_foreign_scope(ticket_);
  if (open) detail::unwind_scopes(thread, depth_ - 1);
  EDGESPAN_ASSERT(detail::few_assertions || !open || thread.depth < depth_);
}

}  // namespace edgespan
