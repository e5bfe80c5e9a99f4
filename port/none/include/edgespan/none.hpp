// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <edgespan/port.h>

// The absent platform: it links everywhere, does nothing, and says so. For the bring-up of a board whose port
// is not written yet, and for tests of what the agent does without time, chance, network or threads.
namespace edgespan::none {

extern const edgespan_clock clock;    // stands still at 1 us; no date, no entropy; `pause` returns at once
extern const edgespan_stream stream;  // open, send and recv answer EDGESPAN_STREAM_UNREACHABLE
extern const edgespan_worker worker;  // cannot start

}  // namespace edgespan::none
