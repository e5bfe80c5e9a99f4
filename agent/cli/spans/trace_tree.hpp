// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/spans/collected_span.hpp"

#include <span>
#include <string>
#include <vector>

namespace edgespan::cli {

// A span's place in its trace.
struct TreeNode {
  std::size_t span = 0;   // index into the spans that the tree was built from
  std::size_t depth = 0;  // 0 for a root
  bool last = true;       // no further child of the same parent (or root) comes after it
  std::string note;       // why a span with a parent id stands as a root; empty otherwise
};

// The order in which the spans of one trace are shown: each parent before its children, siblings by time.
// Every span comes exactly once, whatever the ids say:
// - a span whose parent is missing is a root, with a note;
// - of spans that are each other's ancestors, the earliest is a root, with a note;
// - of two spans with one id, the second is a leaf beside the first.
std::vector<TreeNode> build_tree(std::span<const CollectedSpan> spans);

}  // namespace edgespan::cli
