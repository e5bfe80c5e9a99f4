// SPDX-License-Identifier: Apache-2.0
// What each thread has of its own: open scopes, a generator of ids, a stripe of the ring.
#pragma once

#include <array>
#include <cstdint>
#include <edgespan/context.hpp>
#include <edgespan/span.hpp>

namespace edgespan::core {

struct ThreadState {
  std::array<Context, scope_depth_max> scopes;
  std::uint32_t depth;
  std::uint32_t stripe_plus_1;  // 0: not chosen yet
  std::uint32_t seeded_for;     // the epoch of the tracing that seeded the generator; 0: none
  std::array<std::uint64_t, 4> generator;
};

// Zero-initialised and without a destructor, so that it costs a thread nothing until it traces.
ThreadState& thread_state() noexcept;
std::uint32_t thread_stripe() noexcept;

}  // namespace edgespan::core
