// SPDX-License-Identifier: Apache-2.0
// The line a minute about a collector that does not take spans.
#include "cli/tracing/outage_notices.hpp"
#include "support/loopback_server.hpp"
#include "support/test.hpp"

#include <sstream>
#include <string>

namespace {

using namespace edgespan;
using edgespan::test::LoopbackServer;

constexpr std::uint64_t second = 1'000'000;

struct Command {
  cli::ToolAgent agent;
  std::ostringstream err;
  cli::OutageNotices notices{agent, err};

  explicit Command(const std::string& url) : agent{options(url)} {}
  static cli::TracingOptions options(const std::string& url) {
    cli::TracingOptions options;
    options.sender.url = url;
    return options;
  }
  void finish_span() {
    agent.tracing().span("work").finish();
    static_cast<void>(agent.flush(2'000));  // a time-out leaves the span waiting
  }
  std::string said_at(std::uint64_t now_us) {
    notices.print_if_due(now_us);
    const std::string said = err.str();
    err.str("");
    TEST_MESSAGE(said);
    return said;
  }
};

bool contains(const std::string& text, const std::string& part) { return text.find(part) != text.npos; }

EDGESPAN_TEST(outage_refused_spans_are_told_once_a_minute, "cli") {
  LoopbackServer::Behaviour refusing;
  refusing.reply = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
  const LoopbackServer server{refusing};
  Command command{server.url()};
  TEST_ASSERT_EQUAL_STRING("", command.said_at(1 * second));
  command.finish_span();
  const std::string first = command.said_at(3 * second);
  TEST_ASSERT_TRUE(contains(first, "0 spans wait, 1 was dropped"));
  TEST_ASSERT_TRUE(contains(first, "status 404"));
  TEST_ASSERT_TRUE(contains(first, "edgespan doctor " + server.url()));
  command.finish_span();
  TEST_ASSERT_EQUAL_STRING("", command.said_at(62 * second));  // within the minute
  TEST_ASSERT_TRUE(contains(command.said_at(64 * second), "2 were dropped"));
  TEST_ASSERT_EQUAL_STRING("", command.said_at(200 * second));  // nothing new
}

EDGESPAN_TEST(outage_waiting_spans_are_told_for_as_long_as_they_wait, "cli") {
  Command command{"http://127.0.0.1:1"};
  command.finish_span();
  TEST_ASSERT_TRUE(contains(command.said_at(1 * second), "1 span waits, 0 were dropped; "));
  TEST_ASSERT_EQUAL_STRING("", command.said_at(30 * second));
  TEST_ASSERT_TRUE(contains(command.said_at(61 * second), "no connection"));
}

EDGESPAN_TEST(outage_a_collector_that_takes_spans_is_not_mentioned, "cli") {
  const LoopbackServer server;
  Command command{server.url()};
  command.finish_span();
  for (std::uint64_t s = 1; s < 200; s += 20) TEST_ASSERT_EQUAL_STRING("", command.said_at(s * second));
}

}  // namespace
