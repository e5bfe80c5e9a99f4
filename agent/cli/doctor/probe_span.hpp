// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <edgespan/port.h>

#include <cstddef>
#include <string>
#include <vector>

namespace edgespan::cli {

// A span that the doctor sends to see whether it arrives.
struct ProbeSpan {
  std::string trace_id;          // in hexadecimal
  std::vector<std::byte> bytes;  // as a batch; empty while the agent does not know the date
};

// Makes and encodes it with a whole agent. Throws RunError if that does not start.
ProbeSpan make_probe_span(const edgespan_clock& clock);

}  // namespace edgespan::cli
