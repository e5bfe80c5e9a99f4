// SPDX-License-Identifier: Apache-2.0
// The whole agent: every kind of URL, every setting that can be wrong, and what start and stop leave behind.
#include <edgespan/agent.hpp>
#include <edgespan/otlp_dialect.hpp>

#include <array>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "support/kafka_clients.hpp"
#include "support/leaks_expected.hpp"
#include "support/loopback_server.hpp"
#include "support/mock_kafka.hpp"
#include "support/test.hpp"

namespace {

using namespace edgespan;
using namespace edgespan::test;

constexpr const char* no_topic_problem =
    "url 'kafka://b/a b': has no topic that Kafka takes: 1 to 249 letters, digits, '.', '_' and '-'";

Agent<> agent;

// Nothing but start() is in the way of the next test.
struct Stopped {
  ~Stopped() { static_cast<void>(agent.stop(0)); }
};

void expect_ok(const AgentStatus& status) {
  TEST_ASSERT_EQUAL_STRING("ok", status.text());
  TEST_ASSERT_TRUE(status.ok());
}

void expect_refused(const AgentConfig& config, Status status, const char* text) {
  const AgentStatus refused = agent.start(config);
  const Stopped after;
  TEST_ASSERT_EQUAL_STRING(text, refused.text());
  TEST_ASSERT_TRUE(refused.status() == status);
  TEST_ASSERT_FALSE(agent.tracing().enabled());
}

EDGESPAN_TEST(spans_reach_a_collector_over_http, "agent") {
  const LoopbackServer server;
  const Stopped after;
  expect_ok(agent.start({.service_name = "gateway", .url = server.url()}));
  agent.tracing().span("work").finish();
  TEST_ASSERT_TRUE(agent.stop(10'000) == Status::ok);
  TEST_ASSERT_EQUAL_UINT64(1, agent.books().delivered);
  const auto requests = server.requests();
  TEST_ASSERT_EQUAL_UINT64(1, requests.size());
  TEST_ASSERT_TRUE(requests.front().starts_with("POST /api/v2/spans HTTP/1.1\r\n"));
  TEST_ASSERT_TRUE(requests.front().find("gateway") != std::string::npos);
}

const std::string otlp_reply =
    "HTTP/1.1 200 OK\r\nContent-Type: application/x-protobuf\r\nContent-Length: 2\r\n\r\n\n" +
    std::string(1, '\0');

EDGESPAN_TEST(spans_reach_a_collector_over_otlp_by_scheme_or_path, "agent") {
  static OtlpRoom<8'192> room;
  OtlpDialect otlp{room.bytes};
  for (const char* form : {"otlp://127.0.0.1:", "http://127.0.0.1:"}) {
    const LoopbackServer server{{.reply = otlp_reply}};
    const Stopped after;
    const std::string url = form + std::to_string(server.port()) + (*form == 'h' ? "/v1/traces" : "");
    expect_ok(agent.start({.service_name = "gateway", .url = url, .http = {.dialect = &otlp.table()}}));
    agent.tracing().span("work").finish();
    TEST_ASSERT_TRUE(agent.stop(10'000) == Status::ok);
    TEST_ASSERT_EQUAL_UINT64(1, agent.books().delivered);
    const auto requests = server.requests();
    TEST_ASSERT_EQUAL_UINT64(1, requests.size());
    TEST_ASSERT_TRUE(requests.front().starts_with("POST /v1/traces HTTP/1.1\r\n"));
    TEST_ASSERT_TRUE(requests.front().find("service.name") != std::string::npos);
  }
}

// A Zipkin batch at /v1/traces gets a 200 and vanishes by the chance of its trace id; so it never gets there.
EDGESPAN_TEST(a_dialect_goes_with_its_own_urls_alone, "agent") {
  OtlpDialect otlp{{}};
  const Dialect other{.path = "/x"};
  const char* const needed =
      "http.dialect: otlp:// and /v1/traces need it; give the table of an edgespan::OtlpDialect";
  expect_refused({.url = "otlp://c"}, Status::bad_config, needed);
  expect_refused({.url = "http://c:4318/v1/traces"}, Status::bad_config, needed);
  expect_refused({.url = "http://c/v1/traces", .http = {.dialect = &other}}, Status::bad_config, needed);
  const char* const unfit =
      "http.dialect: is for otlp://, otlps:// and paths that end with /v1/traces; leave it out";
  expect_refused({.url = "http://c", .http = {.dialect = &otlp.table()}}, Status::bad_config, unfit);
  expect_refused({.url = "kafka://b", .http = {.dialect = &otlp.table()}}, Status::bad_config, unfit);
  expect_refused({.url = "kafka://b", .http = {.dialect = &other}}, Status::bad_config,
                 "http.dialect: is for http:// and https:// alone; leave it out");
  expect_refused({.url = "otlps://c", .http = {.dialect = &otlp.table()}}, Status::not_secure,
                 "tls: https:// and otlps:// need it; give the table of an edgespan::mbedtls::TlsStarter");
}

EDGESPAN_TEST(spans_reach_a_topic_by_a_producer_of_the_agents_own, "agent") {
  const std::string topic = MockCluster::shared().topic();
  const std::string url = "kafka://" + MockCluster::shared().brokers() + "/" + topic;
  const Stopped after;
  expect_ok(agent.start({.service_name = "gateway", .url = url}));
  TEST_ASSERT_NOT_NULL(agent.span_producer().client());
  agent.tracing().span("work").finish();
  TEST_ASSERT_TRUE(agent.stop(10'000) == Status::ok);
  TEST_ASSERT_EQUAL_UINT64(1, agent.books().delivered);
  TEST_ASSERT_EQUAL_UINT64(1, agent.books().finished);
  TEST_ASSERT_NULL(agent.span_producer().client());
}

EDGESPAN_TEST(a_producer_takes_the_settings_that_it_is_given, "agent") {
  const std::string url = "kafka://" + MockCluster::shared().brokers();
  rd_kafka_conf_t* const conf = make_conf({{"client.id", "gateway-7"}, {"bootstrap.servers", "elsewhere:1"}});
  const Stopped after;
  expect_ok(agent.start({.service_name = "gateway", .url = url, .span_producer_conf = conf}));
  rd_kafka_conf_destroy(conf);
  std::array<char, 64> value{};
  std::size_t size = value.size();
  const rd_kafka_conf_t* const used = rd_kafka_conf(agent.span_producer().client());
  TEST_ASSERT_TRUE(rd_kafka_conf_get(used, "client.id", value.data(), &size) == RD_KAFKA_CONF_OK);
  TEST_ASSERT_EQUAL_STRING("gateway-7", value.data());
  size = value.size();
  TEST_ASSERT_TRUE(rd_kafka_conf_get(used, "bootstrap.servers", value.data(), &size) == RD_KAFKA_CONF_OK);
  TEST_ASSERT_EQUAL_STRING(MockCluster::shared().brokers().c_str(), value.data());
}

EDGESPAN_TEST(spans_to_nowhere_count_as_delivered, "agent") {
  const Stopped after;
  expect_ok(agent.start({.service_name = "gateway", .url = "none:"}));
  agent.tracing().span("work").finish();
  TEST_ASSERT_TRUE(agent.stop(10'000) == Status::ok);
  TEST_ASSERT_EQUAL_UINT64(1, agent.books().delivered);
}

EDGESPAN_TEST(a_sender_of_the_callers_own_takes_the_place_of_a_url, "agent") {
  CapturingSender kept;
  const Stopped after;
  {
    const Sender table = kept.table();
    expect_ok(agent.start({.service_name = "gateway", .sender = &table}));
  }
  agent.tracing().span("work").finish();
  TEST_ASSERT_TRUE(agent.stop(10'000) == Status::ok);
  TEST_ASSERT_EQUAL_UINT64(1, kept.spans.size());
  TEST_ASSERT_EQUAL_STRING("work", kept.spans.front().name.c_str());
}

EDGESPAN_TEST(a_url_that_cannot_be_is_named, "agent") {
  expect_refused({}, Status::bad_url, "url: nothing is given; name a collector, or write none:");
  expect_refused({.url = "zipkin"}, Status::bad_url,
                 "url 'zipkin': not a URL that spans can be sent to; write http[s]://host[:port][/path], "
                 "otlp[s]://host[:port][/path], kafka://host[:port][,host...][/topic] or none:");
  expect_refused(
      {.url = "http://zipkin:0"}, Status::bad_url,
      "url 'http://zipkin:0': not a URL that spans can be sent to; write http[s]://host[:port][/path], "
      "otlp[s]://host[:port][/path], kafka://host[:port][,host...][/topic] or none:");
  expect_refused({.url = "kafka://b/a b"}, Status::bad_url, no_topic_problem);
  const Sender nowhere;
  expect_refused({.url = "none:", .sender = &nowhere}, Status::bad_config,
                 "sender: give a url or a sender, not both");
  expect_refused({.sender = &nowhere}, Status::bad_config, "sender: a function of the table is missing");
}

EDGESPAN_TEST(https_never_goes_without_encryption, "agent") {
  expect_refused({.url = "https://zipkin"}, Status::not_secure,
                 "tls: https:// and otlps:// need it; give the table of an edgespan::mbedtls::TlsStarter");
  expect_refused({.url = "HTTPS://zipkin"}, Status::not_secure,
                 "tls: https:// and otlps:// need it; give the table of an edgespan::mbedtls::TlsStarter");
  edgespan_tls tls{};
  expect_refused({.url = "https://zipkin", .tls = &tls}, Status::bad_config,
                 "tls: a function of the table is missing");
  tls.start = [](void*, const edgespan_stream*, const edgespan_clock*, const char** problem) {
    *problem = "the roots cannot be read";
    return static_cast<const edgespan_stream*>(nullptr);
  };
  tls.stop = [](void*) { TEST_FAIL_MESSAGE("stopped without a start"); };
  expect_refused({.url = "https://zipkin", .tls = &tls}, Status::not_secure, "tls: the roots cannot be read");
  tls.start = [](void*, const edgespan_stream* inner, const edgespan_clock*, const char**) { return inner; };
  tls.stop = [](void*) {};
  expect_refused({.url = "https://zipkin", .tls = &tls}, Status::not_secure,
                 "url 'https://zipkin': the URL asks for encryption, and the stream does not encrypt; give "
                 "this sender a TLS stream");
}

// A stream that says it encrypts, and how often it was started and stopped.
struct FakeTls {
  edgespan_stream secure{};
  int started = 0;
  int stopped = 0;

  edgespan_tls table() {
    return {.ctx = this,
            .start =
                [](void* self, const edgespan_stream* inner, const edgespan_clock* clock, const char**) {
                  auto& me = *static_cast<FakeTls*>(self);
                  ++me.started;
                  TEST_ASSERT_TRUE(clock->mono_us(clock->ctx) != 0);
                  me.secure = *inner;
                  me.secure.secure = true;
                  return const_cast<const edgespan_stream*>(&me.secure);
                },
            .stop = [](void* self) { ++static_cast<FakeTls*>(self)->stopped; }};
  }
};

EDGESPAN_TEST(a_tls_is_started_and_stopped_with_the_agent, "agent") {
  FakeTls fake;
  const Stopped after;
  for (int round = 1; round <= 2; ++round) {
    const LoopbackServer server;
    {
      const edgespan_tls table = fake.table();
      const std::string url = "https://127.0.0.1:" + std::to_string(server.port());
      expect_ok(agent.start({.service_name = "gateway", .url = url, .tls = &table}));
    }
    TEST_ASSERT_EQUAL_INT(round, fake.started);
    agent.tracing().span("work").finish();
    TEST_ASSERT_TRUE(agent.stop(10'000) == Status::ok);
    TEST_ASSERT_EQUAL_INT(round, fake.stopped);
    TEST_ASSERT_TRUE(agent.stop(0) == Status::ok);
    TEST_ASSERT_EQUAL_INT(round, fake.stopped);
    TEST_ASSERT_EQUAL_UINT64(1, server.requests().size());
  }
}

EDGESPAN_TEST(a_setting_without_a_use_is_named, "agent") {
  const edgespan_tls tls = FakeTls{}.table();
  const edgespan_gzip gzip{};
  rd_kafka_conf_t* const conf = make_conf({});
  expect_refused({.url = "http://zipkin", .tls = &tls}, Status::bad_config,
                 "tls: is for https:// and otlps:// alone; leave it out, or write one of them in url");
  expect_refused({.url = "kafka://broker", .http = {.gzip = &gzip}}, Status::bad_config,
                 "http.gzip: is for http, https, otlp and otlps alone; leave it out");
  expect_refused({.url = "http://zipkin", .span_producer_conf = conf}, Status::bad_config,
                 "span_producer_conf: is for kafka:// alone; leave it out");
  rd_kafka_conf_destroy(conf);
}

EDGESPAN_TEST(a_value_outside_its_range_is_named, "agent") {
  constexpr const char* http = "http://zipkin";
  expect_refused({.service_name = std::string_view{"\n\xFF", 2}, .url = http}, Status::bad_text,
                 "service_name '\n\xFF': a name is empty, longer than 63 bytes or not UTF-8");
  expect_refused({.url = http, .tracing = {.span_deadline_s = 0}}, Status::bad_config,
                 "tracing.span_deadline_s: give 1 or more");
  expect_refused({.url = http, .reporter = {.flush_ms = 0}}, Status::bad_config,
                 "reporter.flush_ms: give 1 or more");
  expect_refused({.url = http, .kafka = {.remote_service_name = "\xFF"}}, Status::bad_text,
                 "kafka.remote_service_name '\xFF': a name is empty, longer than 63 bytes or not UTF-8");
  expect_refused({.url = http, .kafka = {.inflight_deadline_s = 0}}, Status::bad_config,
                 "kafka.inflight_deadline_s: give 1 or more");
  expect_refused({.url = http, .kafka = {.key_bytes_max = 256}}, Status::bad_config,
                 "kafka.key_bytes_max: give 255 or less");
  expect_refused({.url = http, .kafka = {.propagation = {TraceFormat::b3, TraceFormat::b3_parent}}},
                 Status::bad_config, "kafka.propagation: give 1 to 3 formats that write no header twice");
  expect_refused({.url = http, .http = {.connect_ms = 0}}, Status::bad_config,
                 "http.connect_ms: give 1 or more");
  expect_refused({.url = http, .http = {.request_ms = 0}}, Status::bad_config,
                 "http.request_ms: give 1 or more");
  expect_refused({.url = http, .http = {.progress_bytes_per_s = 0}}, Status::bad_config,
                 "http.progress_bytes_per_s: give 1 or more");
}

EDGESPAN_TEST(settings_that_librdkafka_does_not_take_are_named, "agent") {
  rd_kafka_conf_t* conf = make_conf({{"transactional.id", "t"}});
  expect_refused({.url = "kafka://127.0.0.1:1", .span_producer_conf = conf}, Status::bad_config,
                 "span_producer_conf: transactions would take spans back; leave transactional.id out");
  rd_kafka_conf_destroy(conf);
  conf = make_conf({{"enable.idempotence", "true"}, {"acks", "0"}});
  const LeaksExpected leaks;
  const AgentStatus status = agent.start({.url = "kafka://127.0.0.1:1", .span_producer_conf = conf});
  TEST_ASSERT_TRUE(status.status() == Status::bad_config);
  TEST_ASSERT_TRUE(std::string_view{status.text()}.starts_with("span_producer_conf: "));
  TEST_ASSERT_TRUE(std::string_view{status.text()}.find("acks") != std::string_view::npos);
  rd_kafka_conf_destroy(conf);
}

EDGESPAN_TEST(a_start_that_failed_is_repeated_with_a_mended_configuration, "agent") {
  const LoopbackServer server;
  const Stopped after;
  TEST_ASSERT_FALSE(agent.start({.service_name = "gateway", .url = "htp://zipkin"}).ok());
  expect_ok(agent.start({.service_name = "gateway", .url = server.url()}));
  const AgentStatus again = agent.start({.service_name = "other", .url = "none:"});
  TEST_ASSERT_TRUE(again.status() == Status::already_started);
  TEST_ASSERT_EQUAL_STRING("start: the agent runs; stop() it first", again.text());
  agent.tracing().span("work").finish();
  TEST_ASSERT_TRUE(agent.stop(10'000) == Status::ok);
  TEST_ASSERT_EQUAL_UINT64(1, server.requests().size());
}

EDGESPAN_TEST(texts_of_the_configuration_may_go_after_start, "agent") {
  const LoopbackServer server;
  const Stopped after;
  {
    const auto url = std::make_unique<std::string>(server.url("/spans"));
    const auto name = std::make_unique<std::string>("gateway-of-the-yard");
    const auto remote = std::make_unique<std::string>("broker-of-the-yard");
    expect_ok(agent.start({.service_name = *name, .url = *url, .kafka = {.remote_service_name = *remote}}));
    url->assign(url->size(), '?');
    name->assign(name->size(), '?');
    remote->assign(remote->size(), '?');
  }
  agent.tracing().span("work").finish();
  TEST_ASSERT_TRUE(agent.stop(10'000) == Status::ok);
  const auto requests = server.requests();
  TEST_ASSERT_EQUAL_UINT64(1, requests.size());
  TEST_ASSERT_TRUE(requests.front().starts_with("POST /spans HTTP/1.1\r\n"));
  TEST_ASSERT_TRUE(requests.front().find("gateway-of-the-yard") != std::string::npos);
}

EDGESPAN_TEST(a_producer_and_a_consumer_are_traced, "agent") {
  CapturingSender kept;
  const Sender table = kept.table();
  const Stopped after;
  expect_ok(agent.start({.service_name = "gateway", .sender = &table}));
  const std::string topic = MockCluster::shared().topic();
  char errstr[256] = "";
  rd_kafka_t* const client = agent.kafka().create(
      RD_KAFKA_PRODUCER, make_conf({{"bootstrap.servers", MockCluster::shared().brokers()}}), errstr,
      sizeof errstr);
  TEST_ASSERT_NOT_NULL(client);
  TracingProducer producer{agent.kafka(), client};
  TEST_ASSERT_TRUE(producer.send({.topic = topic.c_str(), .value = "1"}) == RD_KAFKA_RESP_ERR_NO_ERROR);
  TEST_ASSERT_TRUE(rd_kafka_flush(client, 10'000) == RD_KAFKA_RESP_ERR_NO_ERROR);
  rd_kafka_destroy(client);
  TEST_ASSERT_TRUE(agent.consumer_memory().records.size() == KafkaLimits{}.poll_records_max);
  TEST_ASSERT_TRUE(agent.stop(10'000) == Status::ok);
  TEST_ASSERT_EQUAL_UINT64(1, kept.spans.size());
  TEST_ASSERT_EQUAL_STRING("send", kept.spans.front().name.c_str());
}

EDGESPAN_TEST(two_agents_of_a_process_do_not_know_each_other, "agent") {
  const auto other = std::make_unique<Agent<tiny_limits, tiny_kafka_limits>>();
  CapturingSender first;
  CapturingSender second;
  const Sender first_table = first.table();
  const Sender second_table = second.table();
  const Stopped after;
  expect_ok(agent.start({.service_name = "one", .sender = &first_table}));
  expect_ok(other->start({.service_name = "two", .sender = &second_table}));
  agent.tracing().span("a").finish();
  other->tracing().span("b").finish();
  other->tracing().span("c").finish();
  TEST_ASSERT_TRUE(agent.stop(10'000) == Status::ok);
  TEST_ASSERT_TRUE(other->tracing().enabled());
  TEST_ASSERT_TRUE(other->stop(10'000) == Status::ok);
  TEST_ASSERT_EQUAL_UINT64(1, first.spans.size());
  TEST_ASSERT_EQUAL_UINT64(2, second.spans.size());
  TEST_ASSERT_EQUAL_STRING("two", second.spans.front().local.service_name.c_str());
}

EDGESPAN_TEST(what_is_held_when_an_agent_stops_is_counted, "agent") {
  const Stopped after;
  expect_ok(agent.start({.service_name = "gateway", .url = "http://127.0.0.1:1"}));
  agent.tracing().span("held").finish();
  Span open = agent.tracing().span("open");
  TEST_ASSERT_TRUE(agent.stop(50) == Status::timeout);
  const Books books = agent.books();
  TEST_ASSERT_EQUAL_UINT64(2, books.finished);
  TEST_ASSERT_EQUAL_UINT64(2, books.dropped[static_cast<std::size_t>(DropReason::shutdown)]);
  TEST_ASSERT_TRUE(books.balanced());
  open.finish();
}

EDGESPAN_TEST(an_unreachable_broker_does_not_keep_an_agent_from_stopping, "agent") {
  const Stopped after;
  expect_ok(
      agent.start({.service_name = "gateway", .url = "kafka://127.0.0.1:1", .reporter = {.flush_ms = 1}}));
  agent.tracing().span("held").finish();
  TEST_ASSERT_TRUE(agent.stop(300) == Status::timeout);
  TEST_ASSERT_EQUAL_UINT64(1, agent.books().dropped_total());
  TEST_ASSERT_TRUE(agent.books().balanced());
}

EDGESPAN_TEST(an_agent_that_was_never_started_does_nothing, "agent") {
  const auto idle = std::make_unique<Agent<>>();
  TEST_ASSERT_TRUE(idle->stop(1'000) == Status::ok);
  TEST_ASSERT_FALSE(idle->tracing().span("early").context().valid());
  TEST_ASSERT_EQUAL_UINT64(0, idle->books().finished);
}

EDGESPAN_TEST(an_agent_that_goes_away_stops_first, "agent") {
  int cancelled = 0;
  Sender table{&cancelled, nullptr, [](void* count) { ++*static_cast<int*>(count); }};
  table.offer = [](void*, std::span<const std::byte>, std::uint64_t) { return SendResult{}; };
  {
    const auto brief = std::make_unique<Agent<tiny_limits, tiny_kafka_limits>>();
    expect_ok(brief->start({.service_name = "gateway", .sender = &table, .reporter = {.flush_ms = 60'000}}));
    brief->tracing().span("held").finish();
  }
  TEST_ASSERT_EQUAL_INT(1, cancelled);
}

}  // namespace
