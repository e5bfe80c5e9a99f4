// SPDX-License-Identifier: Apache-2.0
// Room in a full ring, for the setting drop_oldest.
#pragma once

#include "core/tracing_state.hpp"

namespace edgespan::detail {

// Called for a span that found the ring full; `again`: for the second time. True: chunks were freed by
// dropping the oldest spans, so the caller tries once more. False: the caller's span is dropped, and counted
// here. Any thread; never waits for another one.
bool make_ring_room(TracingState& state, bool again) noexcept;

}  // namespace edgespan::detail
