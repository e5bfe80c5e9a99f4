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
  if (thread.depth >= scope_depth_max) {
    detail::state_of(tracing).count(detail::Event::scope_refused);
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
    detail::state_of(*tracing_).count(detail::Event::scope_refused);
    if (thread_ != &thread || thread.depth < depth_) return;
  }
  thread.depth = depth_ - 1;
}

}  // namespace edgespan
