// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <edgespan/context.hpp>

namespace edgespan {

class Tracing;

inline constexpr std::uint32_t scope_depth_max = 8;

// The context of the innermost scope that this thread has entered; not valid() if there is none. The
// reference holds until that scope ends.
const Context& current() noexcept;

// Makes a context the current one of this thread until the object is destroyed. Scopes of a thread end in the
// reverse order of their beginning. A scope that ends out of turn, or on another thread, ends there and then,
// with those that were entered within it, and is counted (Books::scopes_refused). A scope beyond
// scope_depth_max nested ones is not entered, and counted too. Never blocks.
class [[nodiscard]] Scope {
 public:
  Scope() noexcept = default;  // enters nothing
  // `tracing` outlives the scope. A context that is not valid() is not entered.
  Scope(Tracing& tracing, const Context& context) noexcept;
  Scope(const Scope&) = delete;
  Scope& operator=(const Scope&) = delete;
  ~Scope();

 private:
  Tracing* tracing_ = nullptr;
  std::uint32_t ticket_ = 0;  // tells which thread entered it
  std::uint32_t depth_ = 0;   // on that thread's stack of scopes, from 1; 0: not entered
};

}  // namespace edgespan
