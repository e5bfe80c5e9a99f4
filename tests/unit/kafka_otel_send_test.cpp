// SPDX-License-Identifier: Apache-2.0
// Send spans in OpenTelemetry's spelling: every name, every attribute, and when one is not there.
#include <edgespan/otel_semantics.hpp>

#include "support/kafka_clients.hpp"
#include "support/otel_tags.hpp"

#include <map>
#include <string>
#include <vector>

namespace {

using namespace edgespan;
using namespace edgespan::test;

Tags send_tags(const std::string& topic, const Tags& more = {}) {
  Tags tags = tags_of("send", "send", topic, more);
  tags.insert({"messaging.client.id", "rdkafka"});
  return tags;
}
EDGESPAN_TEST(kafka_otel_send_tells_what_the_acknowledgement_brought, "kafka") {
  Traced traced{otel};
  ReportingProducer producer{traced, {{"client.id", "pump#7"}}};
  const std::string topic = MockCluster::shared().topic(2);
  for (std::size_t i = 0; i < 2; ++i) {
    TEST_ASSERT_EQUAL(0, producer->send({.topic = topic.c_str(), .key = "k", .value = "v", .partition = 1}));
    producer.delivered(i + 1);
  }
  const std::vector<DecodedSpan>& spans = traced.spans(2);
  for (std::size_t i = 0; i < 2; ++i) {
    TEST_ASSERT_EQUAL("send " + topic, spans[i].name);
    TEST_ASSERT_EQUAL(Kind::producer, spans[i].kind);
    TEST_ASSERT_EQUAL_STRING("kafka", spans[i].remote.service_name);
    TEST_ASSERT_EQUAL(tags_of("send", "send", topic,
                              {{"messaging.destination.partition.id", "1"},
                               {"messaging.kafka.message.key", "k"},
                               {"messaging.kafka.offset", std::to_string(i)},
                               {"messaging.client.id", "pump#7"}}),
                      spans[i].tags);
    TEST_ASSERT_EQUAL(spans[i].tags.size(), spans[i].tags_written);
  }
  TEST_ASSERT_EQUAL(0, traced.tracing.books().texts_cut);
}

// A topic keeps its capitals, in the name as well: it is one word in both places.
EDGESPAN_TEST(kafka_otel_names_end_with_the_topic_unless_it_is_long, "kafka") {
  Traced traced{otel};
  ReportingProducer producer{traced, {{"message.max.bytes", "1000"}}};
  const std::string large(1'000, 'v');
  std::size_t sent = 0;
  for (const std::size_t bytes : {std::size_t{1}, std::size_t{64}, std::size_t{65}, std::size_t{249}}) {
    const std::string topic(bytes, 'T');
    TEST_ASSERT_EQUAL(RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE,
                      producer->send({.topic = topic.c_str(), .key = "k", .value = large}));
    const DecodedSpan& span = traced.spans(++sent).back();
    TEST_ASSERT_EQUAL(bytes <= 64 ? "send " + topic : "send", span.name);
    TEST_ASSERT_EQUAL(topic, span.tag("messaging.destination.name"));
    TEST_ASSERT_EQUAL_STRING("k", span.tag("messaging.kafka.message.key"));
    TEST_ASSERT_EQUAL_STRING("MSG_SIZE_TOO_LARGE", span.tag("error.type"));
  }
  TEST_ASSERT_EQUAL(0, traced.tracing.books().dropped_total());
}

// What has no room is cut or left out, and counted; that the message has failed is told of each.
EDGESPAN_TEST(kafka_otel_span_of_the_longest_texts_arrives, "kafka") {
  const std::string remote(63, 'r'), local(63, 'l'), key(key_bytes_most, 'k'), value(1'000, 'v');
  const KafkaConfig config{
      .remote_service_name = remote, .semantics = Semantics::otel, .key_bytes_max = key_bytes_most};
  TracingConfig tracing;
  tracing.local = {.service_name = local, .ipv4 = {192, 0, 2, 1}, .port = 65'535};
  tracing.local.ipv6.fill(0xFE);
  Traced traced{config, tracing};
  ReportingProducer producer{traced, {{"message.max.bytes", "1000"}, {"client.id", std::string(60, 'c')}}};
  std::uint32_t sent = 0;
  for (std::size_t bytes = 1; bytes <= 249; bytes += 8) {
    TEST_CONTEXT(bytes);
    const std::string topic(bytes, 't');
    {
      const Context parent{
          .trace_hi = ~0ULL, .trace_lo = ~0ULL, .span_id = ~0ULL, .decision = Decision::debug};
      const Scope scope{traced.tracing, parent};
      TEST_ASSERT_EQUAL(RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE,
                        producer->send({.topic = topic.c_str(), .key = key, .value = value}));
    }
    traced.clock.advance_s(11);  // refusals have spans of their own again
    (void)traced.reporter.step();
    const DecodedSpan& span = traced.spans(++sent).back();
    TEST_ASSERT_EQUAL(bytes < 240 ? topic : "<none>", span.tag("messaging.destination.name"));
    TEST_ASSERT_EQUAL_STRING("send", span.tag("messaging.operation.type"));
    TEST_ASSERT_EQUAL_STRING("MSG_SIZE_TOO_LARGE", span.tag("error.type"));
    TEST_ASSERT_NOT_EQUAL("<none>", span.tag("error"));
    const std::string told = span.tag("messaging.kafka.message.key");
    TEST_ASSERT_TRUE(told == "<none>" || told == key.substr(0, told.size()));
    TEST_ASSERT_EQUAL(sent, traced.tracing.books().texts_cut);
  }
  TEST_ASSERT_EQUAL(0, traced.tracing.books().dropped_total());
}

EDGESPAN_TEST(kafka_otel_key_and_value_that_are_null_or_empty, "kafka") {
  Traced traced{otel};
  ReportingProducer producer{traced};
  const std::string topic = MockCluster::shared().topic();
  const std::string binary{"\x00\x01", 2};
  const struct {
    std::string_view key, value;
    const char* told;
    const char* tombstone;
  } rows[] = {{"k", {}, "k", "true"},        {"k", "v", "k", "<none>"},      {{}, {}, "<none>", "<none>"},
              {{}, "v", "<none>", "<none>"}, {binary, {}, "<none>", "true"}, {"", {}, "<none>", "true"}};
  std::size_t sent = 0;
  for (const auto& row : rows) {
    TEST_CONTEXT(sent);
    TEST_ASSERT_EQUAL(0, producer->send({.topic = topic.c_str(), .key = row.key, .value = row.value}));
    producer.delivered(++sent);
    const DecodedSpan& span = traced.spans(sent).back();
    TEST_ASSERT_EQUAL_STRING(row.told, span.tag("messaging.kafka.message.key"));
    TEST_ASSERT_EQUAL_STRING(row.tombstone, span.tag("messaging.kafka.message.tombstone"));
  }
}

EDGESPAN_TEST(kafka_otel_key_is_cut_to_its_bound, "kafka") {
  Traced traced{KafkaConfig{.semantics = Semantics::otel, .key_bytes_max = 5}};
  ReportingProducer producer{traced};
  const std::string topic = MockCluster::shared().topic();
  for (const char* key : {"12345", "123456"}) {
    TEST_ASSERT_EQUAL(0, producer->send({.topic = topic.c_str(), .key = key, .value = "v"}));
  }
  producer.delivered(2);
  for (const DecodedSpan& span : traced.spans(2))
    TEST_ASSERT_EQUAL_STRING("12345", span.tag("messaging.kafka.message.key"));
  TEST_ASSERT_EQUAL(1, traced.tracing.books().texts_cut);
}

EDGESPAN_TEST(kafka_otel_refusal_by_the_broker_has_a_type_and_a_sentence, "kafka") {
  Traced traced{otel};
  ReportingProducer producer{traced};
  const std::string topic = MockCluster::shared().topic();
  producer.warm_up(topic);
  constexpr rd_kafka_resp_err_t error = RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED;
  MockCluster::shared().fail_produce({error});
  TEST_ASSERT_EQUAL(0, producer->send({.topic = topic.c_str(), .key = "k", .value = "v"}));
  (void)producer.reports(2);
  const std::vector<DecodedSpan>& spans = traced.spans(2);
  TEST_ASSERT_EQUAL(send_tags(topic, {{"messaging.destination.partition.id", "0"},
                                      {"messaging.kafka.message.key", "k"},
                                      {"error.type", "TOPIC_AUTHORIZATION_FAILED"},
                                      {"error", rd_kafka_err2str(error)}}),
                    spans[1].tags);
  TEST_ASSERT_EQUAL_STRING("<none>", spans[0].tag("error.type"));
}

EDGESPAN_TEST(kafka_otel_message_that_times_out_has_no_partition_and_no_offset, "kafka") {
  Traced traced{otel};
  ReportingProducer producer{traced, {{"bootstrap.servers", "127.0.0.1:1"}, {"message.timeout.ms", "300"}}};
  TEST_ASSERT_EQUAL(0, producer->send({.topic = "nowhere", .key = "k", .value = "v"}));
  (void)producer.reports(1);
  TEST_ASSERT_EQUAL(send_tags("nowhere", {{"messaging.kafka.message.key", "k"},
                                          {"error.type", "_MSG_TIMED_OUT"},
                                          {"error", "Local: Message timed out"}}),
                    traced.spans(1)[0].tags);
}

EDGESPAN_TEST(kafka_otel_refusals_alone_and_folded, "kafka") {
  Traced traced{otel};
  ReportingProducer producer{traced, {{"queue.buffering.max.messages", "1"}, {"linger.ms", "60000"}}};
  const std::string topic = MockCluster::shared().topic();
  TEST_ASSERT_EQUAL(0, producer->send({.topic = topic.c_str(), .key = "first", .value = "v"}));
  for (int i = 0; i < 12; ++i) {
    TEST_ASSERT_EQUAL(RD_KAFKA_RESP_ERR__QUEUE_FULL,
                      producer->send({.topic = topic.c_str(), .key = "k", .value = "v"}));
  }
  const Tags error{{"error.type", "_QUEUE_FULL"}, {"error", "Local: Queue full"}};
  const std::vector<DecodedSpan> alone = traced.spans(9);  // the last one by flush()
  Tags one = error, many = error;
  one["messaging.kafka.message.key"] = "k";
  many["kafka.refused"] = "4";
  for (std::size_t i = 0; i < 8; ++i) TEST_ASSERT_EQUAL(tags_of("send", "send", topic, one), alone[i].tags);
  TEST_ASSERT_EQUAL(tags_of("send", "send", topic, many), alone[8].tags);
  TEST_ASSERT_EQUAL("send " + topic, alone[8].name);
  TEST_ASSERT_EQUAL(0, rd_kafka_purge(producer.handle(), RD_KAFKA_PURGE_F_QUEUE));
  (void)producer.reports(1);
}

EDGESPAN_TEST(kafka_otel_abandoned_message_tells_what_is_known_of_it, "kafka") {
  KafkaConfig config = otel;
  config.inflight_deadline_s = 100;
  Traced traced{config};
  ReportingProducer producer{traced, {{"linger.ms", "60000"}, {"message.timeout.ms", "70000"}}};
  const std::string topic = MockCluster::shared().topic();
  TEST_ASSERT_EQUAL(0, producer->send({.topic = topic.c_str(), .key = "k"}));
  traced.clock.advance_s(101);
  (void)traced.reporter.step();
  const DecodedSpan& span = traced.spans(1)[0];
  TEST_ASSERT_EQUAL_STRING("send", span.name);
  TEST_ASSERT_EQUAL((Tags{{"messaging.system", "kafka"},
                          {"messaging.operation.name", "send"},
                          {"messaging.operation.type", "send"},
                          {"error.type", "abandoned"},
                          {"error", "abandoned"}}),
                    span.tags);
  TEST_ASSERT_EQUAL(0, rd_kafka_purge(producer.handle(), RD_KAFKA_PURGE_F_QUEUE));
  (void)producer.reports(1);
}

EDGESPAN_TEST(kafka_otel_message_beyond_the_table_tells_no_offset, "kafka") {
  constexpr KafkaLimits limits{.inflight_max = 8};
  Traced<Limits{}, limits> traced{otel};
  ReportingProducer producer{traced, {{"linger.ms", "300"}}};
  const std::string topic = MockCluster::shared().topic();
  for (int i = 0; i < 9; ++i) {
    TEST_ASSERT_EQUAL(0, producer->send({.topic = topic.c_str(), .key = "k", .value = "v", .partition = 0}));
  }
  TEST_ASSERT_EQUAL(
      send_tags(topic, {{"messaging.destination.partition.id", "0"}, {"messaging.kafka.message.key", "k"}}),
      traced.spans(1)[0].tags);
  producer.delivered(9);
}

}  // namespace
