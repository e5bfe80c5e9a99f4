// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/spans/collected_span.hpp"

#include <span>
#include <string>
#include <vector>

namespace edgespan::cli {

struct TreeStyle {
  bool colour = false;  // with escape sequences of a terminal
};

// Spans as trees of lines, in aligned columns: service, name, kind, duration; then remote service, tags and
// annotations. Each trace is a block whose first line names it. The traces come in the order of their first
// spans.
std::vector<std::string> tree_lines(std::span<const CollectedSpan> spans, const TreeStyle& style);

}  // namespace edgespan::cli
