// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/tracing/tool_agent.hpp"

#include <ostream>

namespace edgespan::cli {

// The end of every traced command: delivers what still waits, prints the books to `err`, and says why spans
// were lost if some were. Returns whether all were delivered. The agent's Kafka clients must be gone, as
// their last spans end with them.
bool stop_and_report(ToolAgent& agent, std::ostream& err);

}  // namespace edgespan::cli
