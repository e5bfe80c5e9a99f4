// SPDX-License-Identifier: Apache-2.0
// The in-process collector: decodes what is posted, refuses the rest, and passes bodies on unchanged.
#include "cli/demo/demo_collector.hpp"
#include "cli/io/tool_errors.hpp"
#include "support/test.hpp"

#include <httplib.h>

#include <memory>
#include <string>
#include <string_view>

namespace {

using namespace edgespan::cli;
using namespace std::string_view_literals;

constexpr const char* protobuf = "application/x-protobuf";

// One span: 64-bit trace id 01..08, id 11..18, name "op".
const std::string body{
    "\x0a\x18\x0a\x08\x01\x02\x03\x04\x05\x06\x07\x08\x1a\x08\x11\x12\x13\x14\x15\x16\x17\x18\x2a\x02op"sv};

struct Poster {
  explicit Poster(const DemoCollector& collector)
      : client{std::make_unique<httplib::Client>(collector.url().substr(0, collector.url().find("/api")))} {}
  int post(const std::string& content, const char* type = protobuf) {
    const httplib::Result result = client->Post("/api/v2/spans", content, type);
    TEST_ASSERT_TRUE(result);
    return result->status;
  }
  std::unique_ptr<httplib::Client> client;
};

EDGESPAN_TEST(cli_collector_keeps_what_it_decodes, "cli") {
  DemoCollector collector;
  Poster poster{collector};
  TEST_ASSERT_EQUAL_INT(202, poster.post(body));
  TEST_ASSERT_EQUAL_INT(202, poster.post(body + body));
  const std::vector<CollectedSpan> spans = collector.take();
  TEST_ASSERT_EQUAL_UINT64(3, spans.size());
  TEST_ASSERT_EQUAL_STRING("0102030405060708", spans[2].trace_id);
  TEST_ASSERT_EQUAL_STRING("1112131415161718", spans[2].id);
  TEST_ASSERT_EQUAL_STRING("", spans[2].parent_id);
  TEST_ASSERT_EQUAL_STRING("op", spans[2].name);
  TEST_ASSERT_TRUE(collector.take().empty());
  TEST_ASSERT_EQUAL_UINT64(2, collector.posts());
  TEST_ASSERT_EQUAL_UINT64(3 * body.size(), collector.bytes());
  TEST_ASSERT_EQUAL_STRING("", collector.first_refusal());
}

EDGESPAN_TEST(cli_collector_refuses_what_is_no_list_of_spans, "cli") {
  DemoCollector collector;
  Poster poster{collector};
  TEST_ASSERT_EQUAL_INT(400, poster.post("[]", "application/json"));
  TEST_ASSERT_TRUE(collector.first_refusal().find("application/x-protobuf") != std::string::npos);
  TEST_ASSERT_EQUAL_INT(400, poster.post(body.substr(0, body.size() - 1)));
  TEST_ASSERT_EQUAL_INT(400, poster.post(body + std::string{"\x0a\x04\x2a\x02op"sv}));  // a span without ids
  TEST_ASSERT_EQUAL_INT(
      400, poster.post(std::string{"\x0a\x14\x0a\x08\0\0\0\0\0\0\0\0\x1a\x08\1\1\1\1\1\1\1\1"sv}));
  TEST_ASSERT_TRUE(collector.take().empty());
  TEST_ASSERT_EQUAL_UINT64(0, collector.posts());
}

EDGESPAN_TEST(cli_collector_forwards_bodies_and_replies, "cli") {
  auto zipkin = std::make_unique<DemoCollector>();
  DemoCollector forwarding{{.url = zipkin->url()}};
  Poster poster{forwarding};
  TEST_ASSERT_EQUAL_INT(202, poster.post(body));
  TEST_ASSERT_EQUAL_UINT64(1, forwarding.take().size());
  TEST_ASSERT_EQUAL_UINT64(1, zipkin->take().size());
  TEST_ASSERT_EQUAL_UINT64(body.size(), zipkin->bytes());  // the empty post of the start has none
  zipkin.reset();
  TEST_ASSERT_EQUAL_INT(503, poster.post(body));
  TEST_ASSERT_TRUE(forwarding.take().empty());
  TEST_ASSERT_TRUE(forwarding.first_refusal().find("cannot be reached") != std::string::npos);
}

EDGESPAN_TEST(cli_collector_does_not_start_without_the_zipkin_it_forwards_to, "cli") {
  for (const std::string url : {"http://127.0.0.1:1/api/v2/spans", "http://127.0.0.1:1"}) {
    std::string message;
    try {
      const DemoCollector collector{{.url = url}};
    } catch (const RunError& error) {
      message = error.what();
    }
    TEST_ASSERT_TRUE(message.find(url) != message.npos);
    TEST_ASSERT_TRUE(message.find("cannot be reached") != message.npos);
  }
}

}  // namespace
