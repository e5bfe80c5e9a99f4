// SPDX-License-Identifier: Apache-2.0
// Topics as spans tell them. librdkafka takes any bytes for a topic's name, and some collectors refuse a
// whole batch for a text that is not UTF-8.
#include <edgespan/otel_semantics.hpp>

#include "core/utf8.hpp"
#include "kafka/refusals.hpp"
#include "support/kafka_clients.hpp"
#include "support/otel_tags.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace {

using namespace edgespan;
using namespace edgespan::test;
using namespace std::chrono_literals;

#define T "000462d53c8abacb"
#define S "000462d53c8abacd"

void expect_utf8(const std::string& text) {
  TEST_CONTEXT(text);
  TEST_ASSERT_TRUE(detail::utf8(text));
}

// Every text that a span has.
void expect_utf8(const DecodedSpan& span) {
  expect_utf8(span.name);
  expect_utf8(span.local.service_name);
  expect_utf8(span.remote.service_name);
  for (const auto& [key, value] : span.tags) {
    expect_utf8(key);
    expect_utf8(value);
  }
  for (const auto& [at, text] : span.annotations) expect_utf8(text);
}

struct Spelling {
  KafkaConfig config;
  const char* tag;
  bool names_topics;
};
const Spelling spellings[] = {{{}, "kafka.topic", false}, {otel, "messaging.destination.name", true}};

std::string name_of(const Spelling& spelling, const char* operation, const std::string& topic) {
  const bool named = spelling.names_topics && topic != "<none>" && topic.size() <= 64;
  return named ? operation + (" " + topic) : operation;
}

struct TopicRow {
  std::string topic;
  std::string told;
  bool counted = false;
};

// Of a message that is too large for its client no broker is asked. librdkafka's own call:
// TracingProducer::send refuses a topic that is too long.
void send_too_large(ReportingProducer& producer, const std::string& topic) {
  static std::string value(1'000, 'v');
  rd_kafka_vu_t arguments[3] = {};
  arguments[0].vtype = RD_KAFKA_VTYPE_TOPIC;
  arguments[0].u.cstr = topic.c_str();
  arguments[1].vtype = RD_KAFKA_VTYPE_KEY;
  arguments[1].u.mem = {value.data(), 1};
  arguments[2].vtype = RD_KAFKA_VTYPE_VALUE;
  arguments[2].u.mem = {value.data(), value.size()};
  rd_kafka_error_t* const error = producer->produceva(arguments, 3);
  TEST_ASSERT_EQUAL(RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, rd_kafka_error_code(error));
  rd_kafka_error_destroy(error);
}

EDGESPAN_TEST(kafka_a_send_tells_its_topic_only_as_utf8, "kafka") {
  std::string wide;  // 2 bytes a character: 248 of 249 bytes hold whole ones
  for (int i = 0; i < 150; ++i) wide += "\xC3\xA9";
  const TopicRow rows[] = {
      {"caf\xC3\xA9", "caf\xC3\xA9"},    {"\xFF", "<none>", true},
      {"broken\xC3", "<none>", true},    {"\xED\xA0\x80", "<none>", true},  // half of a surrogate pair
      {"\xC0\xAF", "<none>", true},                                         // longer than it need be
      {wide, wide.substr(0, 248), true}, {std::string(249, 't') + "\xFF", "<none>", true}};
  for (const Spelling& spelling : spellings) {
    TEST_CONTEXT(spelling.tag);
    Traced traced{spelling.config};
    ReportingProducer producer{traced, {{"message.max.bytes", "1000"}}};
    std::size_t sent = 0;
    std::uint32_t counted = 0;
    for (const TopicRow& row : rows) {
      TEST_CONTEXT(row.topic);
      send_too_large(producer, row.topic);
      const DecodedSpan& span = traced.spans(++sent).back();
      TEST_ASSERT_EQUAL(row.told, span.tag(spelling.tag));
      TEST_ASSERT_EQUAL(name_of(spelling, "send", row.told), span.name);
      expect_utf8(span);
      counted += row.counted ? 1 : 0;
      TEST_ASSERT_EQUAL(counted, traced.tracing.books().texts_cut);
    }
    TEST_ASSERT_EQUAL(0, traced.tracing.books().dropped_total());
  }
}

// One span for many refusals keeps a topic of its own.
EDGESPAN_TEST(kafka_a_span_of_many_refusals_tells_its_topic_only_as_utf8, "kafka") {
  constexpr std::size_t alone_max = kafka_detail::Refusals::alone_max;
  const TopicRow rows[] = {{std::string(62, 't') + "\xC3\xA9", std::string(62, 't')},
                           {"broken\xC3", "<none>"}};
  for (const Spelling& spelling : spellings) {
    for (const TopicRow& row : rows) {
      TEST_CONTEXT(row.topic);
      Traced traced{spelling.config};
      ReportingProducer producer{traced, {{"message.max.bytes", "1000"}}};
      for (std::size_t i = 0; i < alone_max + 5; ++i) send_too_large(producer, row.topic);
      const DecodedSpan& many = traced.spans(alone_max + 1).back();
      TEST_ASSERT_EQUAL_STRING("5", many.tag("kafka.refused"));
      TEST_ASSERT_EQUAL(row.told, many.tag(spelling.tag));
      expect_utf8(many);
    }
  }
}

// A broker that takes what no real one does.
EDGESPAN_TEST(kafka_no_span_of_a_record_has_a_text_that_is_not_utf8, "kafka") {
  int number = 0;
  for (const Spelling& spelling : spellings) {
    TEST_CONTEXT(spelling.tag);
    const std::string topic = "odd\xFF" + std::to_string(++number);
    MockCluster::shared().create(topic);
    Traced traced{spelling.config};
    {
      ReportingProducer producer{traced, {{"client.id", "pump\xFF"}}};
      TEST_ASSERT_EQUAL(0, producer->send({.topic = topic.c_str(), .key = "1"}));
      producer.delivered(1);
    }
    Feed feed;
    feed.add(topic, "2");
    feed.add(topic, "3\xFF", {{"b3", T "-" S "-1"}});
    feed.done();
    PlainConsumer consumer{{{topic, 1}}, {{"group.id", "group\xFF"}, {"client.id", "pump\xFF"}}};
    {
      TracingConsumer tracing{traced.kafka, consumer.handle(), traced.kafka_memory->consumer};
      consumer.wait_for(3);
      ConsumerBatch batch = tracing.poll(20s);
      TEST_ASSERT_EQUAL(3, batch.size());
      for (ConsumerRecord& record : batch) traced.kafka.next_span(record).finish();
    }
    const std::vector<DecodedSpan>& spans = traced.spans(7);
    for (const DecodedSpan& span : spans) {
      expect_utf8(span);
      TEST_ASSERT_EQUAL_STRING("<none>", span.tag(spelling.tag));
    }
    TEST_ASSERT_GREATER_OR_EQUAL(3, traced.tracing.books().texts_cut);
  }
}

// The same of a record that librdkafka's own calls hand over, on a client that is traced.
EDGESPAN_TEST(kafka_on_consume_tells_a_topic_only_as_utf8, "kafka") {
  const std::string topic = "strange\xFF";
  MockCluster::shared().create(topic);
  Feed feed;
  feed.add(topic, "1");
  feed.done();
  Traced traced;
  const Client client{traced.create(RD_KAFKA_CONSUMER, without_metrics(make_conf(consumer_settings())))};
  rd_kafka_topic_partition_list_t* list = rd_kafka_topic_partition_list_new(1);
  rd_kafka_topic_partition_list_add(list, topic.c_str(), 0)->offset = 0;
  TEST_ASSERT_EQUAL(RD_KAFKA_RESP_ERR_NO_ERROR, rd_kafka_assign(client.get(), list));
  rd_kafka_topic_partition_list_destroy(list);
  bool came = false;
  TEST_ASSERT_TRUE(eventually([&] {
    if (rd_kafka_message_t* message = rd_kafka_consumer_poll(client.get(), 10)) {
      came = message->err == RD_KAFKA_RESP_ERR_NO_ERROR;
      rd_kafka_message_destroy(message);
    }
    return came;
  }));
  const DecodedSpan& span = traced.spans(1)[0];
  TEST_ASSERT_EQUAL_STRING("poll", span.name);
  TEST_ASSERT_TRUE(span.tags.empty());
  TEST_ASSERT_EQUAL(1, traced.tracing.books().texts_cut);
}

}  // namespace
