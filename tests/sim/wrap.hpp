// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace edgespan::detail {
struct TracingState;
}

namespace edgespan::simtest {

// Makes a fresh agent look as if it had run for years: every 32-bit counter of it, the generation of every
// slot included, is `distance` below the value at which it wraps.
void set_counters_near_wrap(detail::TracingState& state, std::uint32_t distance);

}  // namespace edgespan::simtest
