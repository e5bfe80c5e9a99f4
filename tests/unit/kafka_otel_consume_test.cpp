// SPDX-License-Identifier: Apache-2.0
// Poll and process spans in OpenTelemetry's spelling.
#include <edgespan/otel_semantics.hpp>

#include "support/kafka_clients.hpp"
#include "support/otel_tags.hpp"

#include <chrono>
#include <map>
#include <string>
#include <vector>

namespace {

using namespace edgespan;
using namespace edgespan::test;
using namespace std::chrono_literals;

#define T "000462d53c8abacb"
#define S "000462d53c8abacd"

Tags poll_tags(const std::string& topic, const Tags& more = {}) {
  Tags tags = tags_of("poll", "receive", topic, more);
  tags.insert({"messaging.client.id", "rdkafka"});
  tags.insert({"messaging.consumer.group.name", "tests"});
  return tags;
}

// One poll that takes exactly what waits.
template <typename Work>
void poll_once(Traced<>& traced, const std::string& topic, std::size_t count, Work work) {
  PlainConsumer consumer{{{topic, 1}}};
  TracingConsumer tracing{traced.kafka, consumer.handle(), traced.kafka_memory->consumer};
  consumer.wait_for(count);
  ConsumerBatch batch = tracing.poll(20s);
  TEST_ASSERT_EQUAL(count, batch.size());
  for (ConsumerRecord& record : batch) work(record);
}

const auto no_work = [](ConsumerRecord&) {};

EDGESPAN_TEST(kafka_otel_poll_is_a_client_span_with_group_and_client, "kafka") {
  const std::string topic = MockCluster::shared().topic();
  Feed feed;
  feed.add(topic, "0", {{"b3", T "-" S "-1"}});
  feed.add(topic, "1", {{"b3", T "-" S "-1"}});
  feed.add(topic, "2", {{"b3", T "-" S "-0"}});
  feed.done();
  Traced traced{otel};
  poll_once(traced, topic, 3, no_work);
  const std::vector<DecodedSpan>& spans = traced.spans(2);
  for (std::size_t i = 0; i < 2; ++i) {
    const std::string number = std::to_string(i);
    TEST_ASSERT_EQUAL("poll " + topic, spans[i].name);
    TEST_ASSERT_EQUAL(Kind::client, spans[i].kind);
    TEST_ASSERT_EQUAL(S, spans[i].parent_id);
    TEST_ASSERT_EQUAL(1, spans[i].duration);
    TEST_ASSERT_EQUAL(spans[0].timestamp, spans[i].timestamp);
    TEST_ASSERT_EQUAL_STRING("kafka", spans[i].remote.service_name);
    // Records of this feed have no value.
    TEST_ASSERT_EQUAL(poll_tags(topic, {{"messaging.destination.partition.id", "0"},
                                        {"messaging.kafka.message.key", number},
                                        {"messaging.kafka.offset", number},
                                        {"messaging.kafka.message.tombstone", "true"}}),
                      spans[i].tags);
  }
}

EDGESPAN_TEST(kafka_otel_shared_root_tells_how_many_records_it_is_about, "kafka") {
  const std::string topic = MockCluster::shared().topic(), single = MockCluster::shared().topic();
  Feed feed;
  for (int i = 0; i < 3; ++i) feed.add(topic, std::to_string(i));
  feed.add(single, "k");
  feed.done();
  Traced traced{otel};
  poll_once(traced, topic, 3, no_work);
  const DecodedSpan of_three = traced.spans(1)[0];
  TEST_ASSERT_EQUAL("poll " + topic, of_three.name);
  TEST_ASSERT_TRUE(of_three.parent_id.empty());
  TEST_ASSERT_EQUAL(poll_tags(topic, {{"messaging.batch.message_count", "3"}}), of_three.tags);
  poll_once(traced, single, 1, no_work);
  TEST_ASSERT_EQUAL(poll_tags(single, {{"messaging.destination.partition.id", "0"},
                                       {"messaging.kafka.message.key", "k"},
                                       {"messaging.kafka.offset", "0"},
                                       {"messaging.kafka.message.tombstone", "true"}}),
                    traced.spans(2)[1].tags);
}

// The tags of the one record of a topic that a traced client of this group consumes.
Tags consumed_by(const std::string& group) {
  const std::string topic = MockCluster::shared().topic();
  Feed feed;
  for (int i = 0; i < 2; ++i) feed.add(topic, "k");
  feed.done();
  Traced traced{otel};
  const Client client{traced.create(
      RD_KAFKA_CONSUMER,
      without_metrics(make_conf(consumer_settings({{"group.id", group}, {"client.id", "reader"}}))))};
  rd_kafka_topic_partition_list_t* list = rd_kafka_topic_partition_list_new(1);
  rd_kafka_topic_partition_list_add(list, topic.c_str(), 0)->offset = 1;
  TEST_ASSERT_EQUAL(RD_KAFKA_RESP_ERR_NO_ERROR, rd_kafka_assign(client.get(), list));
  rd_kafka_topic_partition_list_destroy(list);
  rd_kafka_message_t* message = nullptr;
  TEST_ASSERT_TRUE(
      eventually([&] { return (message = rd_kafka_consumer_poll(client.get(), 100)) != nullptr; }));
  TEST_ASSERT_EQUAL(RD_KAFKA_RESP_ERR_NO_ERROR, message->err);
  rd_kafka_message_destroy(message);
  Tags tags = traced.spans(1)[0].tags;
  TEST_ASSERT_EQUAL(topic, tags["messaging.destination.name"]);
  tags.erase("messaging.destination.name");
  return tags;
}

EDGESPAN_TEST(kafka_otel_record_consumed_by_librdkafkas_own_call, "kafka") {
  Tags expected = tags_of("poll", "receive", "",
                          {{"messaging.destination.partition.id", "0"},
                           {"messaging.kafka.message.key", "k"},
                           {"messaging.kafka.offset", "1"},
                           {"messaging.kafka.message.tombstone", "true"},
                           {"messaging.client.id", "reader"}});
  expected.erase("messaging.destination.name");
  TEST_ASSERT_EQUAL(expected, consumed_by(std::string(64, 'g')));
  expected["messaging.consumer.group.name"] = std::string(63, 'g');
  TEST_ASSERT_EQUAL(expected, consumed_by(std::string(63, 'g')));
}

const DecodedSpan& named(const std::vector<DecodedSpan>& spans, const std::string& name) {
  for (const DecodedSpan& span : spans) {
    if (span.name == name) return span;
  }
  TEST_FAIL_MESSAGE("no span with the name " << name);
  return spans.front();
}

EDGESPAN_TEST(kafka_otel_process_is_a_consumer_span_below_the_poll, "kafka") {
  const std::string topic = MockCluster::shared().topic();
  Feed feed;
  feed.add(topic, "k", {{"b3", T "-" S "-1"}});
  feed.done();
  Traced traced{otel};
  poll_once(traced, topic, 1, [&](ConsumerRecord& record) {
    traced.kafka.next_span(record).tag("celsius", "-18.2").finish();
    traced.kafka.next_span(record.message()).name("Store").kind(Kind::server).finish();
  });
  const std::vector<DecodedSpan>& spans = traced.spans(3);
  Tags expected = tags_of("process", "process", topic,
                          {{"messaging.destination.partition.id", "0"},
                           {"messaging.kafka.message.key", "k"},
                           {"messaging.kafka.offset", "0"},
                           {"messaging.kafka.message.tombstone", "true"}});
  const DecodedSpan& own = named(spans, "store");
  TEST_ASSERT_EQUAL(Kind::server, own.kind);
  TEST_ASSERT_EQUAL(expected, own.tags);
  const DecodedSpan& usual = named(spans, "process " + topic);
  TEST_ASSERT_EQUAL(Kind::consumer, usual.kind);
  TEST_ASSERT_EQUAL(named(spans, "poll " + topic).id, usual.parent_id);
  TEST_ASSERT_FALSE(usual.remote.present);
  expected["celsius"] = "-18.2";
  TEST_ASSERT_EQUAL(expected, usual.tags);
  TEST_ASSERT_EQUAL(0, traced.tracing.books().texts_cut);
}

EDGESPAN_TEST(kafka_otel_process_with_a_long_key_keeps_its_offset, "kafka") {
  const std::string topic = MockCluster::shared().topic();
  const std::string key(250, 'k');
  Feed feed;
  feed.add(topic, key, {{"b3", T "-" S "-1"}});
  feed.done();
  Traced traced{KafkaConfig{.semantics = Semantics::otel, .key_bytes_max = key_bytes_most}};
  poll_once(traced, topic, 1, [&](ConsumerRecord& record) { traced.kafka.next_span(record).finish(); });
  const DecodedSpan& span = named(traced.spans(2), "process " + topic);
  TEST_ASSERT_EQUAL_STRING("0", span.tag("messaging.kafka.offset"));
  const std::string told = span.tag("messaging.kafka.message.key");
  TEST_ASSERT_GREATER_THAN(40, told.size());
  TEST_ASSERT_EQUAL(key.substr(0, told.size()), told);
}

// The rule for Brave's tags has no meaning here: what the convention requires is told of every span.
EDGESPAN_TEST(kafka_otel_process_says_the_same_wherever_its_trace_begins, "kafka") {
  const std::string topic = MockCluster::shared().topic();
  Feed feed;
  feed.add(topic, "k", {{"b3", T "-" S "-1"}});
  feed.done();
  Traced traced{KafkaConfig{.semantics = Semantics::otel, .tag_processor = TagProcessor::when_root}};
  poll_once(traced, topic, 1, [&](ConsumerRecord& record) { traced.kafka.next_span(record).finish(); });
  TEST_ASSERT_EQUAL(topic, named(traced.spans(2), "process " + topic).tag("messaging.destination.name"));
}

}  // namespace
