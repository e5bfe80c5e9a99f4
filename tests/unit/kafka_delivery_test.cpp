// SPDX-License-Identifier: Apache-2.0
// How a PRODUCER span ends: by every fate that a message can have, once, with its books in order.
#include "support/kafka_clients.hpp"

#include <string>
#include <vector>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/lsan_interface.h>
#endif

namespace {

using namespace edgespan;
using namespace edgespan::test;

// For what librdkafka 2.0.2 itself leaks.
class LeaksExpected {
 public:
#if defined(__SANITIZE_ADDRESS__)
  LeaksExpected() { __lsan_disable(); }
  ~LeaksExpected() { __lsan_enable(); }
#else
  LeaksExpected() {}
#endif
};

constexpr std::int32_t no_such_partition = 99;

const DecodedSpan& span_of(const std::vector<DecodedSpan>& spans, const std::string& key) {
  for (const DecodedSpan& span : spans) {
    if (span.tag("kafka.key") == key) return span;
  }
  FAIL("no span with the key " << key);
  return spans.front();
}

EDGESPAN_TEST(kafka_a_refusal_by_the_broker_is_the_error_of_the_span, "kafka") {
  Traced traced;
  ReportingProducer producer{traced};
  const std::string topic = MockCluster::shared().topic();
  producer.warm_up(topic);
  MockCluster::shared().fail_produce({RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED});
  REQUIRE(producer->send({.topic = topic.c_str(), .key = "k"}) == 0);
  const Report report = producer.reports(2).back();
  REQUIRE(report.error == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED);
  const std::vector<DecodedSpan>& spans = traced.spans(2);
  REQUIRE(span_of(spans, "k").tag("error") == "TOPIC_AUTHORIZATION_FAILED");
  REQUIRE(b3_of(span_of(spans, "k")) == b3_of(report.headers));
  REQUIRE(span_of(spans, "warm-up").tag("error") == "<none>");
}

EDGESPAN_TEST(kafka_retries_within_librdkafka_are_one_span_without_error, "kafka") {
  Traced traced;
  ReportingProducer producer{traced, {{"retry.backoff.ms", "50"}}};
  const std::string topic = MockCluster::shared().topic();
  producer.warm_up(topic);
  MockCluster::shared().fail_produce(
      {RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS, RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS});
  REQUIRE(producer->send({.topic = topic.c_str(), .key = "k"}) == 0);
  producer.delivered(2);
  const DecodedSpan& span = span_of(traced.spans(2), "k");
  REQUIRE(span.tag("error") == "<none>");
  REQUIRE(span.duration >= 100'000);
}

EDGESPAN_TEST(kafka_a_full_queue_gives_its_code_and_a_span_of_its_own, "kafka") {
  const Settings settings{{"queue.buffering.max.messages", "1"}, {"linger.ms", "60000"}};
  Traced traced;
  ReportingProducer producer{traced, settings};
  const std::string topic = MockCluster::shared().topic();
  REQUIRE(producer->send({.topic = topic.c_str(), .key = "first"}) == 0);
  const Context parent{.trace_lo = 7, .span_id = 8, .decision = Decision::accept};
  {
    const Scope scope{traced.tracing, parent};
    REQUIRE(producer->send({.topic = topic.c_str(), .key = "second"}) == RD_KAFKA_RESP_ERR__QUEUE_FULL);
  }
  rd_kafka_topic_t* handle = rd_kafka_topic_new(producer.handle(), topic.c_str(), nullptr);
  char value[] = "v";
  REQUIRE(producer->produce(handle, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY, value, 1, "third", 5,
                            nullptr) == -1);
  REQUIRE(rd_kafka_last_error() == RD_KAFKA_RESP_ERR__QUEUE_FULL);
  rd_kafka_topic_destroy(handle);
  const std::vector<DecodedSpan>& spans = traced.spans(2);
  REQUIRE(span_of(spans, "second").tag("error") == "_QUEUE_FULL");
  REQUIRE(span_of(spans, "second").parent_id == "0000000000000008");
  REQUIRE(span_of(spans, "second").tag("kafka.topic") == topic);
  REQUIRE(span_of(spans, "third").tag("error") == "_QUEUE_FULL");
  REQUIRE(rd_kafka_purge(producer.handle(), RD_KAFKA_PURGE_F_QUEUE) == 0);
  REQUIRE(producer.reports(1)[0].error == RD_KAFKA_RESP_ERR__PURGE_QUEUE);
  REQUIRE(span_of(traced.spans(3), "first").tag("error") == "_PURGE_QUEUE");
}

EDGESPAN_TEST(kafka_a_message_that_times_out_ends_its_span, "kafka") {
  Traced traced;
  ReportingProducer producer{traced, {{"bootstrap.servers", "127.0.0.1:1"}, {"message.timeout.ms", "300"}}};
  REQUIRE(producer->send({.topic = "nowhere", .key = "k"}) == 0);
  REQUIRE(producer.reports(1)[0].error == RD_KAFKA_RESP_ERR__MSG_TIMED_OUT);
  const DecodedSpan& span = traced.spans(1)[0];
  REQUIRE(span.tag("error") == "_MSG_TIMED_OUT");
  REQUIRE(span.duration >= 300'000);
}

EDGESPAN_TEST(kafka_a_topic_that_does_not_exist_ends_the_span, "kafka") {
  Traced traced;
  ReportingProducer producer{traced, {{"topic.metadata.propagation.max.ms", "0"}}};
  const std::string topic = MockCluster::shared().topic();
  MockCluster::shared().fail_topic(topic, RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART);
  REQUIRE(producer->send({.topic = topic.c_str(), .key = "k"}) == 0);
  const rd_kafka_resp_err_t error = producer.reports(1)[0].error;
  REQUIRE(error != RD_KAFKA_RESP_ERR_NO_ERROR);
  REQUIRE(traced.spans(1)[0].tag("error") == rd_kafka_err2name(error));
}

EDGESPAN_TEST(kafka_a_partition_that_does_not_exist_fails_the_call_and_its_span, "kafka") {
  Traced traced;
  ReportingProducer producer{traced};
  const std::string topic = MockCluster::shared().topic();
  producer.warm_up(topic);
  REQUIRE(producer->send({.topic = topic.c_str(), .key = "send", .partition = no_such_partition}) ==
          RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION);

  const RecordHeader headers[] = {{"a", "x"}};
  REQUIRE(
      producer->send(
          {.topic = topic.c_str(), .key = "headers", .partition = no_such_partition, .headers = headers}) ==
      RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION);

  rd_kafka_topic_t* handle = rd_kafka_topic_new(producer.handle(), topic.c_str(), nullptr);
  char value[] = "v";
  REQUIRE(producer->produce(handle, no_such_partition, RD_KAFKA_MSG_F_COPY, value, 1, "produce", 7,
                            nullptr) == -1);
  REQUIRE(rd_kafka_last_error() == RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION);
  rd_kafka_topic_destroy(handle);

  rd_kafka_vu_t arguments[3] = {};
  arguments[0].vtype = RD_KAFKA_VTYPE_TOPIC;
  arguments[0].u.cstr = topic.c_str();
  arguments[1].vtype = RD_KAFKA_VTYPE_PARTITION;
  arguments[1].u.i32 = no_such_partition;
  arguments[2].vtype = RD_KAFKA_VTYPE_KEY;
  arguments[2].u.mem = {const_cast<char*>("produceva"), 9};
  rd_kafka_error_t* error = producer->produceva(arguments, 3);
  REQUIRE(rd_kafka_error_code(error) == RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION);
  rd_kafka_error_destroy(error);

  const std::vector<DecodedSpan>& spans = traced.spans(5);
  for (const char* key : {"send", "headers", "produce", "produceva"}) {
    REQUIRE(span_of(spans, key).tag("error") == "_UNKNOWN_PARTITION");
    REQUIRE(span_of(spans, key).tag("kafka.topic") == topic);
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
  REQUIRE(rd_kafka_error_code(error) == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE);
  rd_kafka_error_destroy(error);
  rd_kafka_topic_destroy(handle);
  REQUIRE(producer->send({.topic = topic.c_str(), .key = "s", .value = large}) ==
          RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE);
  const std::vector<DecodedSpan>& spans = traced.spans(2);
  for (const char* key : {"k", "s"}) {
    REQUIRE(span_of(spans, key).tag("error") == "MSG_SIZE_TOO_LARGE");
    REQUIRE(span_of(spans, key).tag("kafka.topic") == topic);
  }
}

EDGESPAN_TEST(kafka_arguments_that_no_message_comes_of_have_no_span, "kafka") {
  Traced traced;
  ReportingProducer producer{traced};
  const std::string too_long(250, 't');
  const RecordHeader bad[] = {{std::string_view{"a\0b", 3}, "x"}};
  REQUIRE(producer->send({.topic = ""}) == RD_KAFKA_RESP_ERR__INVALID_ARG);
  REQUIRE(producer->send({.topic = too_long.c_str()}) == RD_KAFKA_RESP_ERR__INVALID_ARG);
  REQUIRE(producer->send({.topic = nullptr}) == RD_KAFKA_RESP_ERR__INVALID_ARG);
  REQUIRE(producer->send({.topic = "t", .headers = bad}) == RD_KAFKA_RESP_ERR__INVALID_ARG);
  (void)traced.spans(0);
}

EDGESPAN_TEST(kafka_purge_ends_every_span_in_the_queue, "kafka") {
  Traced traced;
  ReportingProducer producer{traced, {{"linger.ms", "60000"}}};
  const std::string topic = MockCluster::shared().topic();
  for (int i = 0; i < 20; ++i) REQUIRE(producer->send({.topic = topic.c_str()}) == 0);
  REQUIRE(rd_kafka_purge(producer.handle(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT) == 0);
  (void)producer.reports(20);
  for (const DecodedSpan& span : traced.spans(20)) REQUIRE(span.tag("error") == "_PURGE_QUEUE");
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
  REQUIRE(producer->produce_batch(handle, 0, RD_KAFKA_MSG_F_COPY | RD_KAFKA_MSG_F_PARTITION, messages, 3) ==
          2);
  REQUIRE(messages[1].err == RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION);
  rd_kafka_topic_destroy(handle);
  producer.delivered(3);
  (void)traced.spans(3);
  REQUIRE(traced.tracing.books().expired == 0);
  const std::vector<DecodedSpan>& spans = traced.stop(4);
  REQUIRE(spans.back().tag("error") == "abandoned");
  REQUIRE(traced.tracing.books().expired == 1);
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
  REQUIRE(producer->produce_batch(handle, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY, messages, 4) == 2);
  rd_kafka_topic_destroy(handle);
  producer.delivered(2);
  const std::vector<DecodedSpan>& spans = traced.spans(4);
  for (const char* key : {"0", "1"}) REQUIRE(span_of(spans, key).tag("error") == "<none>");
  for (const char* key : {"2", "3"}) REQUIRE(span_of(spans, key).tag("error") == "_QUEUE_FULL");
}

// Whether librdkafka reports what a client still held when it is destroyed differs by version and moment; the
// stop ends what it did not.
EDGESPAN_TEST(kafka_destroy_without_flush_ends_every_span_with_an_error, "kafka") {
  Traced traced;
  {
    ReportingProducer producer{traced, {{"linger.ms", "60000"}}};
    const std::string topic = MockCluster::shared().topic();
    for (int i = 0; i < 3; ++i) REQUIRE(producer->send({.topic = topic.c_str(), .key = "k"}) == 0);
  }
  std::uint32_t expired = 0;
  for (const DecodedSpan& span : traced.stop(3)) {
    REQUIRE(span.name == "send");
    REQUIRE(span.kind == Kind::producer);
    REQUIRE_FALSE(span.tag("error").empty());
    if (span.tag("error") == "abandoned") ++expired;
  }
  REQUIRE(traced.tracing.books().expired == expired);
}

EDGESPAN_TEST(kafka_a_message_without_an_end_is_abandoned_at_its_deadline, "kafka") {
  KafkaConfig config;
  config.inflight_deadline_s = 100;
  Traced traced{config};
  ReportingProducer producer{traced, {{"linger.ms", "60000"}}};
  const std::string topic = MockCluster::shared().topic();
  REQUIRE(producer->send({.topic = topic.c_str(), .key = "k"}) == 0);
  traced.clock.advance_s(98);
  (void)traced.spans(0);
  traced.clock.advance_s(3);
  (void)traced.reporter.step();
  REQUIRE(traced.spans(1)[0].tag("error") == "abandoned");
  REQUIRE(traced.sender.spans[0].duration >= 100'000'000);
  REQUIRE(traced.tracing.books().expired == 1);
  // The report that comes after all finds nothing to end.
  REQUIRE(rd_kafka_purge(producer.handle(), RD_KAFKA_PURGE_F_QUEUE) == 0);
  (void)producer.reports(1);
  (void)traced.spans(1);
}

EDGESPAN_TEST(kafka_messages_beyond_the_table_go_out_with_their_headers, "kafka") {
  constexpr Limits limits{.inflight_max = 8};
  Traced<limits> traced;
  ReportingProducer producer{traced, {{"linger.ms", "300"}}};
  const std::string topic = MockCluster::shared().topic();
  for (int i = 0; i < 12; ++i)
    REQUIRE(producer->send({.topic = topic.c_str(), .key = std::to_string(i)}) == 0);
  const std::vector<DecodedSpan> at_once = traced.spans(4);
  REQUIRE(traced.tracing.books().inflight_full == 4);
  for (std::size_t i = 0; i < 4; ++i) {
    REQUIRE(at_once[i].tag("kafka.key") == std::to_string(8 + i));
    REQUIRE(at_once[i].duration == 1);
    REQUIRE(at_once[i].tag("error") == "<none>");
  }
  producer.delivered(12);
  const std::vector<DecodedSpan>& spans = traced.spans(12);
  for (const Report& report : producer.reports(12)) {
    REQUIRE(b3_of(report.headers) == b3_of(span_of(spans, report.key)));
  }
}

EDGESPAN_TEST(kafka_every_partition_has_its_spans, "kafka") {
  Traced traced;
  ReportingProducer producer{traced};
  const std::string topic = MockCluster::shared().topic(2);
  for (int i = 0; i < 10; ++i) {
    REQUIRE(producer->send({.topic = topic.c_str(), .key = std::to_string(i), .partition = i % 2}) == 0);
  }
  producer.delivered(10);
  const std::vector<DecodedSpan>& spans = traced.spans(10);
  for (const Report& report : producer.reports(10)) {
    REQUIRE(report.partition == std::stoi(report.key) % 2);
    REQUIRE(b3_of(report.headers) == b3_of(span_of(spans, report.key)));
  }
}

}  // namespace
