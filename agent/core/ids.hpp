// SPDX-License-Identifier: Apache-2.0
// Random ids: each thread has a generator (xoshiro256**), seeded from the port's entropy. Ids are no secrets;
// they must not repeat.
#pragma once

#include <cstdint>

#include "core/tracing_state.hpp"

namespace edgespan::detail {

// Asks the port for the seed if there is none yet. Cheap to repeat; one thread at a time.
void seed(TracingState& state) noexcept;

// A random number that is not 0. Any thread, of a Tracing that was initialised.
std::uint64_t random_id(TracingState& state) noexcept;

// The context of a new span. Where the decision is open (undecided), `rule` takes it, or the tracing's own
// sampler if that is null. Any thread.
Context new_root(TracingState& state, Decision decision, const Sampler* rule) noexcept;
Context new_child(TracingState& state, const Context& parent, const Sampler* rule) noexcept;

}  // namespace edgespan::detail
