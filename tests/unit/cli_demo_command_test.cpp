// SPDX-License-Identifier: Apache-2.0
// The demo as a newcomer runs it, with a second collector in Zipkin's place.
#include <sstream>
#include <string>

#include "cli/demo/demo_collector.hpp"
#include "cli/demo/scene.hpp"
#include "cli/tool.hpp"
#include "support/test.hpp"

namespace {

using namespace edgespan;
using namespace edgespan::cli;

struct Shown {
  int code = -1;
  std::string out;
  std::string err;
};

Shown run_demo_for(const std::string& zipkin_url) {
  const char* const argv[] = {"edgespan", "demo", "--zipkin", zipkin_url.c_str()};
  std::istringstream in;
  std::ostringstream out, err;
  Shown shown;
  shown.code = run(4, argv, {in, -1, out, err});
  shown.out = out.str();
  shown.err = err.str();
  TEST_MESSAGE(shown.out + shown.err);
  return shown;
}

bool contains(const std::string& text, const std::string& part) { return text.find(part) != text.npos; }

EDGESPAN_TEST(demo_shows_three_traces_and_passes_them_on, "cli") {
  DemoCollector zipkin;
  const Shown shown = run_demo_for(zipkin.url());
  TEST_ASSERT_EQUAL_INT(0, shown.code);
  TEST_ASSERT_EQUAL_STRING("", shown.err);
  TEST_ASSERT_TRUE(contains(shown.out, "books finished=10 delivered=10 dropped=0 ring=0 batch=0"));
  TEST_ASSERT_FALSE(contains(shown.out, "\x1b"));  // not a terminal

  // What was passed on is what the scenes should leave, and each trace is linked.
  const std::vector<CollectedSpan> passed_on = zipkin.take();
  TEST_ASSERT_EQUAL_UINT64(10, passed_on.size());
  const std::string page = zipkin.url().substr(0, zipkin.url().find("/api")) + "/zipkin/traces/";
  for (const Scene& scene : demo_scenes()) {
    std::vector<CollectedSpan> trace;
    std::string trace_id;
    for (const CollectedSpan& span : passed_on) {
      if (span.service == scene.gateway) trace_id = span.trace_id;
    }
    for (const CollectedSpan& span : passed_on) {
      if (span.trace_id == trace_id) trace.push_back(span);
    }
    TEST_ASSERT_EQUAL_STRING("", trace_difference(expected_trace(scene), trace));
    TEST_ASSERT_TRUE(contains(shown.out, "see " + page + trace_id));
    TEST_ASSERT_TRUE(contains(shown.out, "trace=" + trace_id + " span="));
  }
}

EDGESPAN_TEST(demo_fails_at_once_without_the_zipkin_that_was_asked_for, "cli") {
  const Shown shown = run_demo_for("http://127.0.0.1:1/api/v2/spans");
  TEST_ASSERT_EQUAL_INT(1, shown.code);
  TEST_ASSERT_EQUAL_STRING("", shown.out);
  TEST_ASSERT_TRUE(contains(shown.err, "http://127.0.0.1:1/api/v2/spans cannot be reached"));
}

}  // namespace
