// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <edgespan/port.h>

#include <cstddef>
#include <string>
#include <vector>

namespace edgespan::cli {

// A span of the doctor's own, made and encoded by a whole agent.
struct ProbeSpan {
  std::string trace_id;          // in hexadecimal
  std::vector<std::byte> bytes;  // as a batch; empty while the clock does not know the date
};

// Throws RunError if the agent cannot be started.
ProbeSpan make_probe_span(const edgespan_clock& clock);

}  // namespace edgespan::cli
