// SPDX-License-Identifier: Apache-2.0
#include <edgespan/collector_url.hpp>

#include <string>
#include <string_view>

#include "support/test.hpp"

namespace {

using namespace edgespan;
using Scheme = CollectorUrl::Scheme;

CollectorUrl parsed(std::string_view url) {
  CollectorUrl out;
  TEST_ASSERT_NULL(parse_collector_url(url, out));
  return out;
}

void expect_problem(std::string_view url, std::string_view begins) {
  CollectorUrl out{.scheme = Scheme::https, .brokers = "kept", .topic = "kept"};
  const char* const problem = parse_collector_url(url, out);
  TEST_ASSERT_NOT_NULL(problem);
  TEST_ASSERT_TRUE(std::string_view{problem}.starts_with(begins));
  TEST_ASSERT_TRUE(out.scheme == Scheme::https);
  TEST_ASSERT_TRUE(out.brokers == "kept");
  TEST_ASSERT_TRUE(out.topic == "kept");
}

EDGESPAN_TEST(schemes_are_read_in_any_case, "url") {
  TEST_ASSERT_TRUE(parsed("http://zipkin:9411").scheme == Scheme::http);
  TEST_ASSERT_TRUE(parsed("HTTP://zipkin:9411").scheme == Scheme::http);
  TEST_ASSERT_TRUE(parsed("https://zipkin/api/v2/spans").scheme == Scheme::https);
  TEST_ASSERT_TRUE(parsed("none:").scheme == Scheme::none);
  TEST_ASSERT_TRUE(parsed("Kafka://broker").scheme == Scheme::kafka);
}

EDGESPAN_TEST(a_web_url_names_host_port_and_path, "url") {
  CollectorUrl url = parsed("http://zipkin.example:9411/spans");
  TEST_ASSERT_TRUE(url.host == "zipkin.example");
  TEST_ASSERT_EQUAL_UINT32(9'411, url.port);
  TEST_ASSERT_TRUE(url.path == "/spans");
  url = parsed("https://[::1]");
  TEST_ASSERT_TRUE(url.host == "::1");
  TEST_ASSERT_EQUAL_UINT32(443, url.port);
  TEST_ASSERT_TRUE(url.path == "/api/v2/spans");
}

EDGESPAN_TEST(an_otlp_url_is_known_by_its_scheme_or_its_path, "url") {
  struct Case {
    const char* url;
    bool otlp;
    Scheme scheme;
    unsigned port;
    const char* path;
  };
  constexpr Case cases[] = {
      {"otlp://c", true, Scheme::http, 4318, "/v1/traces"},
      {"OTLPS://c", true, Scheme::https, 4318, "/v1/traces"},
      {"otlp://c:80/x/y", true, Scheme::http, 80, "/x/y"},
      {"http://c:4318/v1/traces", true, Scheme::http, 4318, "/v1/traces"},
      {"https://c/otlp/v1/traces", true, Scheme::https, 443, "/otlp/v1/traces"},
      {"http://c:4318", false, Scheme::http, 4318, "/api/v2/spans"},
      {"http://c/v1/traces/", false, Scheme::http, 80, "/v1/traces/"},
      {"http://c/v1/tracesx", false, Scheme::http, 80, "/v1/tracesx"},
      {"http://c/xv1/traces", false, Scheme::http, 80, "/xv1/traces"},
  };
  for (const Case& c : cases) {
    TEST_CONTEXT(c.url);
    const CollectorUrl url = parsed(c.url);
    TEST_ASSERT_EQUAL_INT(c.otlp, url.otlp);
    TEST_ASSERT_TRUE(url.scheme == c.scheme);
    TEST_ASSERT_EQUAL_UINT32(c.port, url.port);
    TEST_ASSERT_TRUE(url.path == c.path);
  }
  TEST_ASSERT_FALSE(parsed("kafka://c/v1").otlp);
  expect_problem("otlp://", "not a URL that spans can be sent to");
  expect_problem("otlp:c", "not a URL that spans can be sent to");
}

EDGESPAN_TEST(a_kafka_url_names_brokers_and_topic, "url") {
  CollectorUrl url = parsed("kafka://one:9092,[::1]:9093,three_3/spans.v2");
  TEST_ASSERT_TRUE(url.brokers == "one:9092,[::1]:9093,three_3");
  TEST_ASSERT_TRUE(url.topic == "spans.v2");
  url = parsed("kafka://one");
  TEST_ASSERT_TRUE(url.brokers == "one");
  TEST_ASSERT_TRUE(url.topic == "zipkin");
  TEST_ASSERT_TRUE(parsed("kafka://one/").topic == "zipkin");
  TEST_ASSERT_TRUE(parsed("kafka://one/" + std::string(249, 't')).topic.size() == 249);
}

EDGESPAN_TEST(what_is_no_broker_list_and_no_topic_is_named, "url") {
  for (const char* url : {"kafka://", "kafka:///topic", "kafka://,one", "kafka://one,", "kafka://a,,b",
                          "kafka://user@one", "kafka://one two"}) {
    expect_problem(url, "names no brokers");
  }
  expect_problem("kafka://" + std::string(1'024, 'b'), "names no brokers");
  expect_problem("kafka://one/a/b", "has no topic that Kafka takes");
  expect_problem("kafka://one/..", "has no topic that Kafka takes");
  expect_problem("kafka://one/.", "has no topic that Kafka takes");
  expect_problem("kafka://one/" + std::string(250, 't'), "has no topic that Kafka takes");
}

EDGESPAN_TEST(other_texts_are_no_url_of_ours, "url") {
  for (const char* url : {"", "zipkin", "ftp://zipkin", "http:/zipkin", "http", "none", "none:x",
                          "file:spans", "http://", "http://a b", "https://zipkin:0"}) {
    expect_problem(url, "not a URL that spans can be sent to");
  }
}

}  // namespace
