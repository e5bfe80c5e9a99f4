// SPDX-License-Identifier: Apache-2.0
// How a PRODUCER span ends: by every fate that a message can have, once, with its books in order.
#include "support/kafka_clients.hpp"
#include "support/leaks_expected.hpp"

#include <string>
#include <vector>

namespace {

using namespace edgespan;
using namespace edgespan::test;

constexpr std::int32_t no_such_partition = 99;

const DecodedSpan& span_of(const std::vector<DecodedSpan>& spans, const std::string& key) {
  for (const DecodedSpan& span : spans) {
    if (span.tag("kafka.key") == key) return span;
  }
  TEST_FAIL_MESSAGE("no span with the key " << key);
  return spans.front();
}

EDGESPAN_TEST(kafka_a_refusal_by_the_broker_is_the_error_of_the_span, "kafka") {
  Traced traced;
  ReportingProducer producer{traced};
  const std::string topic = MockCluster::shared().topic();
  producer.warm_up(topic);
  MockCluster::shared().fail_produce({RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED});
  TEST_ASSERT_EQUAL(0, producer->send({.topic = topic.c_str(), .key = "k"}));
  const Report report = producer.reports(2).back();
  TEST_ASSERT_EQUAL(RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, report.error);
  const std::vector<DecodedSpan>& spans = traced.spans(2);
  TEST_ASSERT_EQUAL_STRING("TOPIC_AUTHORIZATION_FAILED", span_of(spans, "k").tag("error"));
  TEST_ASSERT_EQUAL(b3_of(report.headers), b3_of(span_of(spans, "k")));
  TEST_ASSERT_EQUAL_STRING("<none>", span_of(spans, "warm-up").tag("error"));
}

EDGESPAN_TEST(kafka_retries_within_librdkafka_are_one_span_without_error, "kafka") {
  Traced traced;
  ReportingProducer producer{traced, {{"retry.backoff.ms", "50"}}};
  const std::string topic = MockCluster::shared().topic();
  producer.warm_up(topic);
  MockCluster::shared().fail_produce(
      {RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS, RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS});
  TEST_ASSERT_EQUAL(0, producer->send({.topic = topic.c_str(), .key = "k"}));
  producer.delivered(2);
  const DecodedSpan& span = span_of(traced.spans(2), "k");
  TEST_ASSERT_EQUAL_STRING("<none>", span.tag("error"));
  TEST_ASSERT_GREATER_OR_EQUAL(100'000, span.duration);
}

EDGESPAN_TEST(kafka_a_full_queue_gives_its_code_and_a_span_of_its_own, "kafka") {
  const Settings settings{{"queue.buffering.max.messages", "1"}, {"linger.ms", "60000"}};
  Traced traced;
  ReportingProducer producer{traced, settings};
  const std::string topic = MockCluster::shared().topic();
  TEST_ASSERT_EQUAL(0, producer->send({.topic = topic.c_str(), .key = "first"}));
  const Context parent{.trace_lo = 7, .span_id = 8, .decision = Decision::accept};
  {
    const Scope scope{traced.tracing, parent};
    TEST_ASSERT_EQUAL(RD_KAFKA_RESP_ERR__QUEUE_FULL,
                      producer->send({.topic = topic.c_str(), .key = "second"}));
  }
  rd_kafka_topic_t* handle = rd_kafka_topic_new(producer.handle(), topic.c_str(), nullptr);
  char value[] = "v";
  TEST_ASSERT_EQUAL(-1, producer->produce(handle, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY, value, 1,
                                          "third", 5, nullptr));
  TEST_ASSERT_EQUAL(RD_KAFKA_RESP_ERR__QUEUE_FULL, rd_kafka_last_error());
  rd_kafka_topic_destroy(handle);
  const std::vector<DecodedSpan>& spans = traced.spans(2);
  TEST_ASSERT_EQUAL_STRING("_QUEUE_FULL", span_of(spans, "second").tag("error"));
  TEST_ASSERT_EQUAL_STRING("0000000000000008", span_of(spans, "second").parent_id);
  TEST_ASSERT_EQUAL(topic, span_of(spans, "second").tag("kafka.topic"));
  TEST_ASSERT_EQUAL_STRING("_QUEUE_FULL", span_of(spans, "third").tag("error"));
  TEST_ASSERT_EQUAL(0, rd_kafka_purge(producer.handle(), RD_KAFKA_PURGE_F_QUEUE));
  TEST_ASSERT_EQUAL(RD_KAFKA_RESP_ERR__PURGE_QUEUE, producer.reports(1)[0].error);
  TEST_ASSERT_EQUAL_STRING("_PURGE_QUEUE", span_of(traced.spans(3), "first").tag("error"));
}

EDGESPAN_TEST(kafka_a_message_that_times_out_ends_its_span, "kafka") {
  Traced traced;
  ReportingProducer producer{traced, {{"bootstrap.servers", "127.0.0.1:1"}, {"message.timeout.ms", "300"}}};
  TEST_ASSERT_EQUAL(0, producer->send({.topic = "nowhere", .key = "k"}));
  TEST_ASSERT_EQUAL(RD_KAFKA_RESP_ERR__MSG_TIMED_OUT, producer.reports(1)[0].error);
  const DecodedSpan& span = traced.spans(1)[0];
  TEST_ASSERT_EQUAL_STRING("_MSG_TIMED_OUT", span.tag("error"));
  TEST_ASSERT_GREATER_OR_EQUAL(300'000, span.duration);
}

EDGESPAN_TEST(kafka_a_topic_that_does_not_exist_ends_the_span, "kafka") {
  Traced traced;
  ReportingProducer producer{traced, {{"topic.metadata.propagation.max.ms", "0"}}};
  const std::string topic = MockCluster::shared().topic();
  MockCluster::shared().fail_topic(topic, RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART);
  TEST_ASSERT_EQUAL(0, producer->send({.topic = topic.c_str(), .key = "k"}));
  const rd_kafka_resp_err_t error = producer.reports(1)[0].error;
  TEST_ASSERT_NOT_EQUAL(RD_KAFKA_RESP_ERR_NO_ERROR, error);
  TEST_ASSERT_EQUAL(rd_kafka_err2name(error), traced.spans(1)[0].tag("error"));
}

EDGESPAN_TEST(kafka_a_partition_that_does_not_exist_fails_the_call_and_its_span, "kafka") {
  Traced traced;
  ReportingProducer producer{traced};
  const std::string topic = MockCluster::shared().topic();
  producer.warm_up(topic);
  TEST_ASSERT_EQUAL(RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION,
                    producer->send({.topic = topic.c_str(), .key = "send", .partition = no_such_partition}));

  const RecordHeader headers[] = {{"a", "x"}};
  TEST_ASSERT_EQUAL(
      RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION,
      producer->send(
          {.topic = topic.c_str(), .key = "headers", .partition = no_such_partition, .headers = headers}));

  rd_kafka_topic_t* handle = rd_kafka_topic_new(producer.handle(), topic.c_str(), nullptr);
  char value[] = "v";
  TEST_ASSERT_EQUAL(
      -1, producer->produce(handle, no_such_partition, RD_KAFKA_MSG_F_COPY, value, 1, "produce", 7, nullptr));
  TEST_ASSERT_EQUAL(RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION, rd_kafka_last_error());
  rd_kafka_topic_destroy(handle);

  rd_kafka_vu_t arguments[3] = {};
  arguments[0].vtype = RD_KAFKA_VTYPE_TOPIC;
  arguments[0].u.cstr = topic.c_str();
  arguments[1].vtype = RD_KAFKA_VTYPE_PARTITION;
  arguments[1].u.i32 = no_such_partition;
  arguments[2].vtype = RD_KAFKA_VTYPE_KEY;
  arguments[2].u.mem = {const_cast<char*>("produceva"), 9};
  rd_kafka_error_t* error = producer->produceva(arguments, 3);
  TEST_ASSERT_EQUAL(RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION, rd_kafka_error_code(error));
  rd_kafka_error_destroy(error);

  const std::vector<DecodedSpan>& spans = traced.spans(5);
  for (const char* key : {"send", "headers", "produce", "produceva"}) {
    TEST_ASSERT_EQUAL_STRING("_UNKNOWN_PARTITION", span_of(spans, key).tag("error"));
    TEST_ASSERT_EQUAL(topic, span_of(spans, key).tag("kafka.topic"));
  }
  (void)producer.reports(1);  // refused messages have no report
}

EDGESPAN_TEST(kafka_produceva_that_fails_early_has_its_span_and_its_error, "kafka") {
  Traced traced;
  ReportingProducer producer{traced, {{"message.max.bytes", "1000"}}};
  const std::string topic = MockCluster::shared().topic();
  const std::string large(2'000, 'x');
  rd_kafka_topic_t* handle = rd_kafka_topic_new(producer.handle(), topic.c_str(), nullptr);
  rd_kafka_vu_t arguments[3] = {};
  arguments[0].vtype = RD_KAFKA_VTYPE_RKT;
  arguments[0].u.rkt = handle;
  arguments[1].vtype = RD_KAFKA_VTYPE_VALUE;
  arguments[1].u.mem = {const_cast<char*>(large.data()), large.size()};
  arguments[2].vtype = RD_KAFKA_VTYPE_KEY;
  arguments[2].u.mem = {const_cast<char*>("k"), 1};
  rd_kafka_error_t* error = producer->produceva(arguments, 3);
  TEST_ASSERT_EQUAL(RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, rd_kafka_error_code(error));
  rd_kafka_error_destroy(error);
  rd_kafka_topic_destroy(handle);
  TEST_ASSERT_EQUAL(RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE,
                    producer->send({.topic = topic.c_str(), .key = "s", .value = large}));
  const std::vector<DecodedSpan>& spans = traced.spans(2);
  for (const char* key : {"k", "s"}) {
    TEST_ASSERT_EQUAL_STRING("MSG_SIZE_TOO_LARGE", span_of(spans, key).tag("error"));
    TEST_ASSERT_EQUAL(topic, span_of(spans, key).tag("kafka.topic"));
  }
}

EDGESPAN_TEST(kafka_arguments_that_no_message_comes_of_have_no_span, "kafka") {
  Traced traced;
  ReportingProducer producer{traced};
  const std::string too_long(250, 't');
  const RecordHeader bad[] = {{std::string_view{"a\0b", 3}, "x"}};
  TEST_ASSERT_EQUAL(RD_KAFKA_RESP_ERR__INVALID_ARG, producer->send({.topic = ""}));
  TEST_ASSERT_EQUAL(RD_KAFKA_RESP_ERR__INVALID_ARG, producer->send({.topic = too_long.c_str()}));
  TEST_ASSERT_EQUAL(RD_KAFKA_RESP_ERR__INVALID_ARG, producer->send({.topic = nullptr}));
  TEST_ASSERT_EQUAL(RD_KAFKA_RESP_ERR__INVALID_ARG, producer->send({.topic = "t", .headers = bad}));
  (void)traced.spans(0);
}

EDGESPAN_TEST(kafka_purge_ends_every_span_in_the_queue, "kafka") {
  Traced traced;
  ReportingProducer producer{traced, {{"linger.ms", "60000"}}};
  const std::string topic = MockCluster::shared().topic();
  for (int i = 0; i < 20; ++i) TEST_ASSERT_EQUAL(0, producer->send({.topic = topic.c_str()}));
  TEST_ASSERT_EQUAL(0, rd_kafka_purge(producer.handle(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT));
  (void)producer.reports(20);
  for (const DecodedSpan& span : traced.spans(20))
    TEST_ASSERT_EQUAL_STRING("_PURGE_QUEUE", span.tag("error"));
}

// librdkafka neither delivers nor acknowledges the message with the bad partition (and leaks it).
EDGESPAN_TEST(kafka_a_batch_with_a_bad_partition_abandons_that_span_alone, "kafka") {
  const LeaksExpected leaks;
  Traced traced;
  ReportingProducer producer{traced};
  const std::string topic = MockCluster::shared().topic(2);
  producer.warm_up(topic);
  rd_kafka_topic_t* handle = rd_kafka_topic_new(producer.handle(), topic.c_str(), nullptr);
  char value[] = "v";
  char keys[][2] = {"0", "1", "2"};
  const std::int32_t partitions[] = {0, no_such_partition, 1};
  rd_kafka_message_t messages[3] = {};
  for (std::size_t i = 0; i < 3; ++i) {
    messages[i].partition = partitions[i];
    messages[i].payload = value;
    messages[i].len = 1;
    messages[i].key = keys[i];
    messages[i].key_len = 1;
  }
  TEST_ASSERT_EQUAL(
      2, producer->produce_batch(handle, 0, RD_KAFKA_MSG_F_COPY | RD_KAFKA_MSG_F_PARTITION, messages, 3));
  TEST_ASSERT_EQUAL(RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION, messages[1].err);
  rd_kafka_topic_destroy(handle);
  producer.delivered(3);
  (void)traced.spans(3);
  TEST_ASSERT_EQUAL(0, traced.tracing.books().expired);
  const std::vector<DecodedSpan>& spans = traced.stop(4);
  TEST_ASSERT_EQUAL_STRING("abandoned", spans.back().tag("error"));
  TEST_ASSERT_EQUAL(1, traced.tracing.books().expired);
}

EDGESPAN_TEST(kafka_messages_refused_in_a_batch_have_spans, "kafka") {
  Traced traced;
  ReportingProducer producer{traced, {{"queue.buffering.max.messages", "2"}, {"linger.ms", "200"}}};
  const std::string topic = MockCluster::shared().topic();
  rd_kafka_topic_t* handle = rd_kafka_topic_new(producer.handle(), topic.c_str(), nullptr);
  char value[] = "v";
  char keys[][2] = {"0", "1", "2", "3"};
  rd_kafka_message_t messages[4] = {};
  for (std::size_t i = 0; i < 4; ++i) {
    messages[i].payload = value;
    messages[i].len = 1;
    messages[i].key = keys[i];
    messages[i].key_len = 1;
  }
  TEST_ASSERT_EQUAL(2,
                    producer->produce_batch(handle, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY, messages, 4));
  rd_kafka_topic_destroy(handle);
  producer.delivered(2);
  const std::vector<DecodedSpan>& spans = traced.spans(4);
  for (const char* key : {"0", "1"}) TEST_ASSERT_EQUAL_STRING("<none>", span_of(spans, key).tag("error"));
  for (const char* key : {"2", "3"})
    TEST_ASSERT_EQUAL_STRING("_QUEUE_FULL", span_of(spans, key).tag("error"));
}

// Whether librdkafka reports what a client still held when it is destroyed differs by version and moment; the
// stop ends what it did not.
EDGESPAN_TEST(kafka_destroy_without_flush_ends_every_span_with_an_error, "kafka") {
  Traced traced;
  {
    ReportingProducer producer{traced, {{"linger.ms", "60000"}}};
    const std::string topic = MockCluster::shared().topic();
    for (int i = 0; i < 3; ++i) TEST_ASSERT_EQUAL(0, producer->send({.topic = topic.c_str(), .key = "k"}));
  }
  std::uint32_t expired = 0;
  for (const DecodedSpan& span : traced.stop(3)) {
    TEST_ASSERT_EQUAL_STRING("send", span.name);
    TEST_ASSERT_EQUAL(Kind::producer, span.kind);
    TEST_ASSERT_FALSE(span.tag("error").empty());
    if (span.tag("error") == "abandoned") ++expired;
  }
  TEST_ASSERT_EQUAL(expired, traced.tracing.books().expired);
}

EDGESPAN_TEST(kafka_a_message_without_an_end_is_abandoned_at_its_deadline, "kafka") {
  KafkaConfig config;
  config.inflight_deadline_s = 100;
  Traced traced{config};
  ReportingProducer producer{traced, {{"linger.ms", "60000"}, {"message.timeout.ms", "70000"}}};
  const std::string topic = MockCluster::shared().topic();
  TEST_ASSERT_EQUAL(0, producer->send({.topic = topic.c_str(), .key = "k"}));
  traced.clock.advance_s(98);
  (void)traced.spans(0);
  traced.clock.advance_s(3);
  (void)traced.reporter.step();
  TEST_ASSERT_EQUAL_STRING("abandoned", traced.spans(1)[0].tag("error"));
  TEST_ASSERT_GREATER_OR_EQUAL(100'000'000, traced.sender.spans[0].duration);
  TEST_ASSERT_EQUAL(1, traced.tracing.books().expired);
  // The report that comes after all finds nothing to end.
  TEST_ASSERT_EQUAL(0, rd_kafka_purge(producer.handle(), RD_KAFKA_PURGE_F_QUEUE));
  (void)producer.reports(1);
  (void)traced.spans(1);
}

EDGESPAN_TEST(kafka_messages_beyond_the_table_go_out_with_their_headers, "kafka") {
  constexpr KafkaLimits limits{.inflight_max = 8};
  Traced<Limits{}, limits> traced;
  ReportingProducer producer{traced, {{"linger.ms", "300"}}};
  const std::string topic = MockCluster::shared().topic();
  for (int i = 0; i < 12; ++i)
    TEST_ASSERT_EQUAL(0, producer->send({.topic = topic.c_str(), .key = std::to_string(i)}));
  const std::vector<DecodedSpan> at_once = traced.spans(4);
  TEST_ASSERT_EQUAL(4, traced.tracing.books().inflight_full);
  for (std::size_t i = 0; i < 4; ++i) {
    TEST_ASSERT_EQUAL(std::to_string(8 + i), at_once[i].tag("kafka.key"));
    TEST_ASSERT_EQUAL(1, at_once[i].duration);
    TEST_ASSERT_EQUAL_STRING("<none>", at_once[i].tag("error"));
  }
  producer.delivered(12);
  const std::vector<DecodedSpan>& spans = traced.spans(12);
  for (const Report& report : producer.reports(12)) {
    TEST_ASSERT_EQUAL(b3_of(span_of(spans, report.key)), b3_of(report.headers));
  }
}

EDGESPAN_TEST(kafka_every_partition_has_its_spans, "kafka") {
  Traced traced;
  ReportingProducer producer{traced};
  const std::string topic = MockCluster::shared().topic(2);
  for (int i = 0; i < 10; ++i) {
    TEST_ASSERT_EQUAL(0,
                      producer->send({.topic = topic.c_str(), .key = std::to_string(i), .partition = i % 2}));
  }
  producer.delivered(10);
  const std::vector<DecodedSpan>& spans = traced.spans(10);
  for (const Report& report : producer.reports(10)) {
    TEST_ASSERT_EQUAL(std::stoi(report.key) % 2, report.partition);
    TEST_ASSERT_EQUAL(b3_of(span_of(spans, report.key)), b3_of(report.headers));
  }
}

}  // namespace
