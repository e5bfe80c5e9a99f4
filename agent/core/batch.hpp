// SPDX-License-Identifier: Apache-2.0
// From the ring into a batch: whole spans, with their true times.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "core/consumer_lock.hpp"
#include "core/tracing_state.hpp"

namespace edgespan::detail {

struct Taken {
  std::uint32_t bytes = 0;
  std::uint32_t spans = 0;
  bool full = false;  // the next span in the ring did not fit
};

// Moves spans out of the ring to the start of `room`, as many as fit, and counts them as in the batch. A span
// leaves at the latest with the second batch behind those that hold what was finished before it, whatever
// other threads do, if a batch holds three chunks of the ring. While the wall clock is unknown nothing
// leaves: the times could not be told. `since_us` goes back to the moment (monotonic) at which the first of
// them was finished, if that is earlier. One caller at a time; never blocks for I/O.
Taken take_spans(TracingState& state, std::span<std::byte> room, std::uint64_t& since_us) noexcept;

}  // namespace edgespan::detail
