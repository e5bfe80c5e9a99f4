// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <edgespan/port.h>

// The absent platform: it links everywhere, does nothing, and reports that. A new board starts with it,
// before its own port is written. Tests use it for what the agent does without time, entropy, network or
// threads.
namespace edgespan::none {

extern const edgespan_clock clock;    // stands still at 1 us; no date, no entropy; `pause` returns at once
extern const edgespan_stream stream;  // open, send and recv answer EDGESPAN_STREAM_UNREACHABLE
extern const edgespan_worker worker;  // cannot start

}  // namespace edgespan::none
