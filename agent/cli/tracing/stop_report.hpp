// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/tracing/tool_agent.hpp"

#include <ostream>

namespace edgespan::cli {

// Ends a traced command: delivers the spans that still wait, within 5 s, and prints the books to `err`, with
// the cause if spans were lost. Returns whether all were delivered. The agent's Kafka clients must be
// destroyed before, because their last spans end with them.
bool stop_and_report(ToolAgent& agent, std::ostream& err);

}  // namespace edgespan::cli
