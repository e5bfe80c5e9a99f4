// SPDX-License-Identifier: Apache-2.0
// The demo's judge: each way in which a trace can be wrong is noticed, and named.
#include "cli/demo/scene.hpp"
#include "cli/demo/trace_difference.hpp"
#include "support/test.hpp"

#include <functional>
#include <string>
#include <vector>

namespace {

using namespace edgespan;
using namespace edgespan::cli;

// The spans that scene 3 should leave, in reverse order of the expectation.
std::vector<CollectedSpan> sound_spans() {
  const std::vector<ExpectedSpan> expected = expected_trace(demo_scenes().back());
  std::vector<CollectedSpan> spans;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    CollectedSpan span;
    span.trace_id = "000000000000000000000000000000aa";
    span.id = "id" + std::to_string(i);
    if (expected[i].parent) span.parent_id = "id" + std::to_string(*expected[i].parent);
    span.kind = expected[i].kind;
    span.name = expected[i].name;
    span.timestamp_us = 1'000 + i;
    span.duration_us = 5;
    span.service = expected[i].service;
    span.remote_service = expected[i].remote_service;
    span.tags = expected[i].tags;
    spans.insert(spans.begin(), span);
  }
  return spans;
}

std::string judge(const std::function<void(std::vector<CollectedSpan>&)>& change) {
  std::vector<CollectedSpan> spans = sound_spans();
  change(spans);
  return trace_difference(expected_trace(demo_scenes().back()), spans);
}

EDGESPAN_TEST(demo_scenes_are_the_three_that_were_promised, "cli") {
  const std::vector<Scene>& scenes = demo_scenes();
  TEST_ASSERT_EQUAL_UINT64(3, scenes.size());
  TEST_ASSERT_EQUAL_UINT64(2, expected_trace(scenes[0]).size());
  TEST_ASSERT_EQUAL_UINT64(3, expected_trace(scenes[1]).size());
  TEST_ASSERT_EQUAL_UINT64(5, expected_trace(scenes[2]).size());
}

EDGESPAN_TEST(demo_check_accepts_the_trace_in_any_order, "cli") {
  TEST_ASSERT_EQUAL_STRING("", judge([](auto&) {}));
  TEST_ASSERT_EQUAL_STRING("", judge([](auto& spans) { std::swap(spans.front(), spans.back()); }));
  TEST_ASSERT_EQUAL_STRING("",
                           judge([](auto& spans) { std::swap(spans.back().tags[0], spans.back().tags[1]); }));
}

EDGESPAN_TEST(demo_check_names_what_is_wrong, "cli") {
  const auto says = [](const std::string& text,
                       const std::function<void(std::vector<CollectedSpan>&)>& change) {
    const std::string got = judge(change);
    TEST_MESSAGE("difference: " + got);
    TEST_ASSERT_TRUE(got.find(text) != got.npos);
  };
  says("`send` of truck-gateway is missing as the root", [](auto& spans) { spans.clear(); });
  says("`send` of truck-gateway is missing as the root", [](auto& spans) { spans.back().parent_id = "id9"; });
  says("`process` of fleet-map is missing under `poll` of fleet-map",
       [](auto& spans) { spans.erase(spans.begin()); });
  says("`process` of fleet-map is missing under", [](auto& spans) { spans.front().parent_id = "id1"; });
  says("is missing", [](auto& spans) { spans.front().service = "other"; });
  says("`poll` of fleet-map was not expected", [](auto& spans) { spans.push_back(spans[1]); });
  says("is in another trace", [](auto& spans) { spans.front().trace_id = "bb"; });
  says("has kind - instead of CONSUMER", [](auto& spans) { spans[1].kind = Kind::none; });
  says("has remote service none instead of 'kafka'", [](auto& spans) { spans[1].remote_service.clear(); });
  says("has remote service 'kafka' instead of none", [](auto& spans) { spans[0].remote_service = "kafka"; });
  says("has tags none instead of kafka.topic=truck.cargo", [](auto& spans) { spans[1].tags.clear(); });
  says("has no timestamp", [](auto& spans) { spans[2].timestamp_us = 0; });
  says("has no duration", [](auto& spans) { spans[2].duration_us = 0; });
  says("is marked as shared", [](auto& spans) { spans[2].shared = true; });
}

}  // namespace
