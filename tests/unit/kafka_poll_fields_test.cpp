// SPDX-License-Identifier: Apache-2.0
// What the poll spans of a topic have in common is encoded once and kept from poll to poll: each span tells
// its own topic and its own time all the same.
#include <edgespan/client_events.hpp>

#include "support/kafka_clients.hpp"
#include "support/renamed_topic.hpp"

#include <chrono>
#include <map>
#include <string>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

namespace {

using namespace edgespan;
using namespace edgespan::test;
using namespace std::chrono_literals;

#define T "000462d53c8abacb"
#define S "000462d53c8abacd"

const std::vector<RecordHeader> traced_header{{"b3", T "-" S "-1"}};

// One record of a topic by a poll of its own; its topic.
std::string poll_one(TracingConsumer& consumer) {
  rd_kafka_message_t* message = consumer.consumer_poll(wait_s * 1'000);
  TEST_ASSERT_NOT_NULL(message);
  TEST_ASSERT_EQUAL(RD_KAFKA_RESP_ERR_NO_ERROR, message->err);
  std::string topic = rd_kafka_topic_name(message->rkt);
  rd_kafka_message_destroy(message);
  return topic;
}

EDGESPAN_TEST(kafka_every_poll_span_tells_its_own_topic_and_time, "kafka") {
  const std::string long_topic(200, 'l');
  std::vector<std::pair<std::string, int>> topics;
  Feed feed;
  for (const std::string& topic :
       {MockCluster::shared().topic(), MockCluster::shared().topic(), long_topic}) {
    if (topic == long_topic) MockCluster::shared().create(topic);
    for (int i = 0; i < 3; ++i) feed.add(topic, std::to_string(i), traced_header);
    topics.emplace_back(topic, 1);
  }
  feed.done();
  Traced traced;
  PlainConsumer consumer{topics};
  TracingConsumer tracing{traced.kafka, consumer.handle(), traced.kafka_memory->consumer};
  std::vector<std::string> polled;
  for (int i = 0; i < 9; ++i) {
    polled.push_back(poll_one(tracing));
    std::this_thread::sleep_for(1ms);
  }
  const std::vector<DecodedSpan>& spans = traced.spans(9);
  for (std::size_t i = 0; i < 9; ++i) {
    TEST_ASSERT_EQUAL((std::map<std::string, std::string>{{"kafka.topic", polled[i]}}), spans[i].tags);
    TEST_ASSERT_EQUAL_STRING("poll", spans[i].name);
    TEST_ASSERT_EQUAL(Kind::consumer, spans[i].kind);
    TEST_ASSERT_EQUAL_STRING("kafka", spans[i].remote.service_name);
    TEST_ASSERT_EQUAL(1, spans[i].duration);
    TEST_ASSERT_EQUAL(S, spans[i].parent_id);
    if (i != 0) TEST_ASSERT_GREATER_OR_EQUAL(spans[i - 1].timestamp + 1'000, spans[i].timestamp);
  }
  TEST_ASSERT_EQUAL(0, traced.tracing.books().texts_cut);
}

// Records of several topics that one poll brings, of which each form of `b3` has its span.
EDGESPAN_TEST(kafka_spans_of_one_poll_tell_their_own_topics, "kafka") {
  const std::string first = MockCluster::shared().topic();
  const std::string second = MockCluster::shared().topic();
  Feed feed;
  for (const std::string& topic : {first, second}) {
    feed.add(topic, "accept", traced_header);
    feed.add(topic, "debug", {{"b3", T "-" S "-d"}});
    feed.add(topic, "undecided", {{"b3", T "-" S}});
    feed.add(topic, "set", {{"X-B3-TraceId", T}, {"X-B3-SpanId", S}});
  }
  feed.done();
  Traced traced;
  PlainConsumer consumer{{{first, 1}, {second, 1}}};
  TracingConsumer tracing{traced.kafka, consumer.handle(), traced.kafka_memory->consumer};
  consumer.wait_for(8);
  std::map<std::string, std::string> topics;
  for (ConsumerRecord& record : tracing.poll(5s)) {
    const std::vector<Header> headers = headers_of(record.message());
    TEST_ASSERT_EQUAL(1, headers.size());
    topics[b3_of(headers)] = record.topic();
  }
  TEST_ASSERT_EQUAL(8, topics.size());
  for (const DecodedSpan& span : traced.spans(8)) {
    TEST_ASSERT_EQUAL(topics[b3_of(span)], span.tag("kafka.topic"));
    TEST_ASSERT_EQUAL(traced.spans(8)[0].timestamp, span.timestamp);
  }
}

// The handle is the same, and where it lay another topic's is now.
EDGESPAN_TEST(kafka_a_handle_that_is_another_topics_tells_the_other_topic, "kafka") {
  const std::string topic = MockCluster::shared().topic();
  const struct {
    std::string name;
    std::string told;
  } rows[] = {
      {topic, topic},
      {topic.substr(0, topic.size() - 1), topic.substr(0, topic.size() - 1)},
      {topic.substr(1), topic.substr(1)},  // ends as what was told before
      {topic, topic},
      {topic.substr(0, topic.size() - 1) + "X", topic.substr(0, topic.size() - 1) + "X"},
      {topic + "X", topic + "X"},
      {"broken\xC3", "<none>"},
      {"broken\xC3", "<none>"},
      {topic, topic},
      {std::string(220, 'l'), std::string(220, 'l')},
      {topic, topic},
  };
  Feed feed;
  for (std::size_t i = 0; i < std::size(rows); ++i) feed.add(topic, std::to_string(i), traced_header);
  feed.done();
  Traced traced;
  PlainConsumer consumer{{{topic, 1}}};
  TracingConsumer tracing{traced.kafka, consumer.handle(), traced.kafka_memory->consumer};
  for (const auto& row : rows) {
    renamed_topic = row.name.c_str();
    (void)poll_one(tracing);
    renamed_topic = nullptr;
  }
  const std::vector<DecodedSpan>& spans = traced.spans(std::size(rows));
  for (std::size_t i = 0; i < std::size(rows); ++i) {
    TEST_CONTEXT(i);
    TEST_ASSERT_EQUAL(rows[i].told, spans[i].tag("kafka.topic"));
    TEST_ASSERT_EQUAL_STRING("kafka", spans[i].remote.service_name);
  }
  TEST_ASSERT_EQUAL(2, traced.tracing.books().texts_cut);  // for each poll of the one that nobody can read
}

// What a span tells beside its own ids and time.
auto told(const DecodedSpan& span) {
  return std::tuple{span.trace_id,
                    span.parent_id,
                    span.kind,
                    span.name,
                    span.duration,
                    span.tags,
                    span.tags_written,
                    span.debug,
                    span.local.service_name,
                    span.local.port,
                    span.remote.service_name};
}

// on_consume brings one record alone, whose span has a way of its own if its texts are short.
EDGESPAN_TEST(kafka_a_record_that_is_alone_tells_what_a_poll_tells, "kafka") {
  const std::vector<std::string> names{"t",
                                       "topic",
                                       std::string(16, 'a'),
                                       std::string(111, 'b'),
                                       std::string(112, 'c'),
                                       std::string(113, 'd'),
                                       std::string(249, 'e'),
                                       std::string(250, 'f'),
                                       "gr\xC3\xBC\xC3\x9F",
                                       "broken\xC3",
                                       "with\x01\x02",
                                       ""};
  const std::vector<std::string> values{T "-" S "-1", T "-" S "-d", T T "-" S "-1", T T "-" S "-d"};
  const std::pair<KafkaConfig, Endpoint> parts[] = {
      {{}, {}},
      {{.remote_service_name = ""}, {.service_name = "l"}},
      {{.remote_service_name = "r"}, {.service_name = "l"}},
      {{.remote_service_name = "a remote service of many letters"},
       {.service_name = "a local service of even more letters", .ipv4 = {10, 1, 2, 3}, .port = 8'080}},
  };
  const std::string topic = MockCluster::shared().topic();
  Feed feed;
  for (std::size_t i = 0; i < names.size() * values.size() * 2; ++i)
    feed.add(topic, "key", {{"b3", values[i / 2 % values.size()]}});
  feed.done();
  for (const auto& [config, local] : parts) {
    Traced traced{config, {.local = local}};
    PlainConsumer consumer{{{topic, 1}}};
    TracingConsumer tracing{traced.kafka, consumer.handle(), traced.kafka_memory->consumer};
    std::size_t spans = 0;
    for (std::size_t i = 0; i < names.size() * values.size(); ++i) {
      TEST_CONTEXT(i);
      renamed_topic = names[i / values.size()].c_str();
      rd_kafka_message_destroy(tracing.consumer_poll(wait_s * 1'000));
      rd_kafka_message_t* const alone = rd_kafka_consumer_poll(consumer.handle(), wait_s * 1'000);
      TEST_ASSERT_TRUE(client_events::message_consumed(traced.kafka, consumer.handle(), alone).valid());
      rd_kafka_message_destroy(alone);
      renamed_topic = nullptr;
      spans += 2;
      const std::vector<DecodedSpan>& got = traced.spans(spans);
      TEST_ASSERT_TRUE(told(got[spans - 2]) == told(got[spans - 1]));
      TEST_ASSERT_NOT_EQUAL(got[spans - 2].id, got[spans - 1].id);
      TEST_ASSERT_GREATER_OR_EQUAL(got[spans - 2].timestamp, got[spans - 1].timestamp);
    }
  }
}

}  // namespace
