// SPDX-License-Identifier: Apache-2.0
// Trees of spans as people see them, the ones that should not be included.
#include "cli/spans/trace_tree.hpp"
#include "cli/spans/tree_lines.hpp"
#include "support/test.hpp"

#include <algorithm>
#include <random>
#include <string>
#include <vector>

namespace {

using namespace edgespan;
using namespace edgespan::cli;

CollectedSpan span_of(std::string id, std::string parent_id, std::uint64_t timestamp_us) {
  CollectedSpan span;
  span.trace_id = "000000000000000000000000000000aa";
  span.id = std::move(id);
  span.parent_id = std::move(parent_id);
  span.timestamp_us = timestamp_us;
  span.duration_us = 1'500;
  span.service = "svc-" + span.id;
  span.name = "op";
  return span;
}

// Ids by depth, `*` after a node with a note: "a (b (c) d*)" reads as a > b > c, then d, which is a root of
// its own.
std::string shape(const std::vector<CollectedSpan>& spans) {
  std::string text;
  for (const TreeNode& node : build_tree(spans)) {
    if (!text.empty()) text += ' ';
    text += std::string(node.depth, '.') + spans[node.span].id + (node.note.empty() ? "" : "*") +
            (node.last ? "" : ",");
  }
  return text;
}

EDGESPAN_TEST(cli_tree_puts_children_under_parents_by_time, "cli") {
  TEST_ASSERT_EQUAL_STRING("", shape({}));
  TEST_ASSERT_EQUAL_STRING("a", shape({span_of("a", "", 1)}));
  TEST_ASSERT_EQUAL_STRING("a .b, ..d .c", shape({span_of("d", "b", 9), span_of("c", "a", 5),
                                                  span_of("b", "a", 4), span_of("a", "", 3)}));
}

EDGESPAN_TEST(cli_tree_shows_orphans_as_roots_with_a_note, "cli") {
  const std::vector<CollectedSpan> spans{span_of("a", "", 1), span_of("c", "gone", 3), span_of("d", "c", 4)};
  TEST_ASSERT_EQUAL_STRING("a, c* .d", shape(spans));
  TEST_ASSERT_EQUAL_STRING("its parent gone is missing", build_tree(spans)[1].note);
}

EDGESPAN_TEST(cli_tree_opens_rings_at_their_earliest_span, "cli") {
  TEST_ASSERT_EQUAL_STRING("a*", shape({span_of("a", "a", 1)}));
  TEST_ASSERT_EQUAL_STRING("b* .c ..a",
                           shape({span_of("a", "c", 7), span_of("b", "a", 2), span_of("c", "b", 3)}));
  // What hangs on a ring stays there, and a sound root keeps its place.
  TEST_ASSERT_EQUAL_STRING("r, b* .a ..x", shape({span_of("x", "a", 1), span_of("a", "b", 7),
                                                  span_of("b", "a", 2), span_of("r", "", 9)}));
}

EDGESPAN_TEST(cli_tree_shows_a_second_span_of_one_id_beside_the_first, "cli") {
  TEST_ASSERT_EQUAL_STRING("r .a, ..c .a", shape({span_of("r", "", 1), span_of("a", "r", 2),
                                                  span_of("a", "r", 3), span_of("c", "a", 4)}));
  TEST_ASSERT_EQUAL_STRING("a* .a", shape({span_of("a", "a", 1), span_of("a", "a", 2)}));
}

EDGESPAN_TEST(cli_tree_shows_every_span_once_whatever_the_ids, "cli") {
  std::mt19937 random{20240531};
  const auto below = [&](std::size_t bound) { return static_cast<std::size_t>(random() % bound); };
  for (int round = 0; round < 3'000; ++round) {
    const std::size_t ids = 1 + below(6);
    std::vector<CollectedSpan> spans;
    for (std::size_t i = 0, n = below(9); i < n; ++i) {
      const std::size_t parent = below(ids + 2);
      spans.push_back(span_of(std::string(1, static_cast<char>('a' + below(ids))),
                              parent == ids ? "" : std::string(1, static_cast<char>('a' + parent)),
                              below(4)));
    }
    std::vector<std::size_t> shown;
    std::vector<bool> seen(spans.size());
    std::vector<std::string> path;  // the ids from the root down
    for (const TreeNode& node : build_tree(spans)) {
      shown.push_back(node.span);
      path.resize(node.depth);
      if (node.depth > 0 && path.back() != spans[node.span].parent_id)
        TEST_FAIL_MESSAGE("a span stands under another's parent");
      if (node.depth == 0 && node.note.empty() != spans[node.span].parent_id.empty())
        TEST_FAIL_MESSAGE("a root without a reason");
      path.push_back(spans[node.span].id);
    }
    std::ranges::sort(shown);
    for (std::size_t i = 0; i < spans.size(); ++i) {
      if (shown.size() != spans.size() || shown[i] != i)
        TEST_FAIL_MESSAGE("a span is missing or comes twice");
    }
  }
}

EDGESPAN_TEST(cli_tree_lines_are_aligned_and_safe_to_print, "cli") {
  std::vector<CollectedSpan> spans{span_of("a", "", 1), span_of("b", "a", 2), span_of("c", "a", 3)};
  spans[0].service = "gateway";
  spans[0].kind = Kind::producer;
  spans[0].remote_service = "kafka";
  spans[0].tags = {{"kafka.key", "k\n1"}, {"error", "_MSG_TIMED_OUT"}};
  spans[1].name = "poll\x1b[2J";
  spans[1].duration_us = 7;
  spans[1].annotations = {{3, "stored"}};
  spans[2].service = "";
  spans[2].duration_us = 0;
  const std::vector<std::string> lines = tree_lines(spans, {});
  TEST_ASSERT_EQUAL_UINT64(4, lines.size());
  TEST_ASSERT_EQUAL_STRING("trace 000000000000000000000000000000aa", lines[0]);
  TEST_ASSERT_EQUAL_STRING(
      "└─ gateway   op           PRODUCER  1.5 ms  → kafka  kafka.key=k\\x0a1  error=_MSG_TIMED_OUT",
      lines[1]);
  TEST_ASSERT_EQUAL_STRING("   ├─ svc-b  poll\\x1b[2J  -           7 µs  @1 µs stored", lines[2]);
  TEST_ASSERT_EQUAL_STRING("   └─ -      op           -              -", lines[3]);
}

EDGESPAN_TEST(cli_tree_lines_keep_traces_apart, "cli") {
  std::vector<CollectedSpan> spans{span_of("a", "", 1), span_of("a", "", 1), span_of("b", "a", 2)};
  spans[1].trace_id = "bb";
  const std::vector<std::string> lines = tree_lines(spans, {});
  TEST_ASSERT_EQUAL_UINT64(5, lines.size());
  TEST_ASSERT_EQUAL_STRING("trace bb", lines[3]);
  TEST_ASSERT_TRUE(tree_lines(spans, {.colour = true})[1].find("\x1b[") != std::string::npos);
  for (const std::string& line : lines) TEST_ASSERT_TRUE(line.find('\x1b') == line.npos);
}

}  // namespace
