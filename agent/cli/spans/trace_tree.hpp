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

// The order in which the spans of one trace are shown: each parent before its children, brothers by time.
// Every span comes exactly once, whatever the ids say: one whose parent is not among them is a root, with a
// note; of a ring of parents the earliest is; a second span of the same id is a leaf beside the first.
std::vector<TreeNode> build_tree(std::span<const CollectedSpan> spans);

struct TreeStyle {
  bool colour = false;  // escape sequences of a terminal
};

// The tree as lines, in aligned columns: service, name, kind, duration, remote service, tags. The first line
// names the trace; there is one such block a trace id, in order of the ids' first appearance.
std::vector<std::string> tree_lines(std::span<const CollectedSpan> spans, const TreeStyle& style);

// A duration for people: `417 µs`, `3.2 ms`, `1.04 s`; `-` for none.
std::string duration_text(std::uint64_t duration_us);

// PRODUCER, CONSUMER, CLIENT, SERVER, or `-`.
std::string_view kind_text(Kind kind) noexcept;

}  // namespace edgespan::cli
