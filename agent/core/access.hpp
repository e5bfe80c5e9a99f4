// SPDX-License-Identifier: Apache-2.0
// The way into the public classes for the agent's own parts. Applications see neither this header nor what it
// reaches.
#pragma once

#include <cstdint>
#include <edgespan/tracing.hpp>
#include <new>

namespace edgespan::detail {

struct TracingState;

// The only friend of Tracing and Span. Other files call state_of() and start_child() instead.
struct Access {
  static TracingState& state(Tracing& tracing) noexcept {
    // clang 14 needs launder() on the bytes: they hold an object of another type.
    return *reinterpret_cast<TracingState*>(std::launder(tracing.state_.data()));
  }
  static Span span(Tracing& tracing, const Context& context, std::uint32_t slot,
                   std::uint32_t generation) noexcept {
    return {tracing, context, slot, generation};
  }
};

}  // namespace edgespan::detail
