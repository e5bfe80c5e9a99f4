// SPDX-License-Identifier: Apache-2.0
// How often the clock is read for messages: once when each is sent, and once for all that one response
// delivers.
#include "kafka/response_time.hpp"

#include "support/kafka_clients.hpp"

#include <string>
#include <vector>

namespace {

using namespace edgespan;
using namespace edgespan::test;

constexpr std::uint64_t messages = 50;

// All messages that are sent before flush() go out in one request: they wait for each other until then.
struct OneRequest {
  template <Limits L, KafkaLimits K>
  explicit OneRequest(Traced<L, K>& traced)
      : producer{traced, {{"linger.ms", "60000"}, {"batch.num.messages", "1000"}}} {
    send(1);  // now the client knows the topic
    flush(1);
  }
  void send(std::uint64_t count) {
    for (std::uint64_t i = 0; i < count; ++i)
      TEST_ASSERT_EQUAL(0, producer->send({.topic = topic.c_str(), .key = "k"}));
  }
  void flush(std::size_t reports) {
    TEST_ASSERT_EQUAL(RD_KAFKA_RESP_ERR_NO_ERROR, rd_kafka_flush(producer.handle(), wait_s * 1'000));
    (void)producer.reports(reports);
  }

  std::string topic = MockCluster::shared().topic();
  ReportingProducer producer;
};

EDGESPAN_TEST(kafka_the_messages_of_one_response_end_at_one_time, "kafka") {
  Traced traced;
  OneRequest request{traced};
  const std::uint64_t before = traced.clock.reads();
  request.send(messages);
  TEST_ASSERT_EQUAL(messages, traced.clock.reads() - before);
  request.flush(messages + 1);
  TEST_ASSERT_EQUAL(messages + 1, traced.clock.reads() - before);
  const std::vector<DecodedSpan>& spans = traced.spans(messages + 1);
  const std::uint64_t end = spans.back().timestamp + spans.back().duration;
  for (std::size_t i = 1; i < spans.size(); ++i)
    TEST_ASSERT_EQUAL(end, spans[i].timestamp + spans[i].duration);
  TEST_ASSERT_GREATER_OR_EQUAL(spans.front().timestamp + spans.front().duration, end);
}

EDGESPAN_TEST(kafka_each_response_has_a_time_of_its_own, "kafka") {
  Traced traced;
  OneRequest request{traced};
  for (std::uint32_t round = 1; round <= 3; ++round) {
    const std::uint64_t before = traced.clock.reads();
    request.send(2);
    traced.clock.advance_s(1);
    request.flush(1 + 2 * round);
    TEST_ASSERT_EQUAL(3, traced.clock.reads() - before);
  }
  const std::vector<DecodedSpan>& spans = traced.spans(7);
  for (std::size_t i = 1; i < spans.size(); ++i) TEST_ASSERT_GREATER_OR_EQUAL(1'000'000, spans[i].duration);
  TEST_ASSERT_GREATER_OR_EQUAL(spans[1].timestamp + 1'000'000, spans[3].timestamp);
}

EDGESPAN_TEST(kafka_a_response_about_unsampled_messages_reads_no_clock, "kafka") {
  Traced traced;
  OneRequest request{traced};
  const Context denied{.trace_lo = 7, .span_id = 8, .decision = Decision::deny};
  const Scope scope{traced.tracing, denied};
  const std::uint64_t before = traced.clock.reads();
  request.send(messages);
  request.flush(messages + 1);
  TEST_ASSERT_EQUAL(before, traced.clock.reads());
  (void)traced.spans(1);
}

// No response has delivered these, though the thread that ends them may have handled one.
EDGESPAN_TEST(kafka_a_message_that_fails_ends_when_it_is_told, "kafka") {
  Traced traced;
  OneRequest request{traced};
  MockCluster::shared().fail_produce({RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE});
  std::uint64_t before = traced.clock.reads();
  request.send(3);
  request.flush(4);
  TEST_ASSERT_EQUAL(6, traced.clock.reads() - before);
  before = traced.clock.reads();
  request.send(3);
  TEST_ASSERT_EQUAL(0, rd_kafka_purge(request.producer.handle(), RD_KAFKA_PURGE_F_QUEUE));
  (void)request.producer.reports(7);
  TEST_ASSERT_EQUAL(6, traced.clock.reads() - before);
  (void)traced.spans(7);
}

EDGESPAN_TEST(kafka_a_message_that_times_out_ends_when_it_is_told, "kafka") {
  Traced traced;
  ReportingProducer producer{traced, {{"bootstrap.servers", "127.0.0.1:1"}, {"message.timeout.ms", "1"}}};
  for (int i = 0; i < 3; ++i) TEST_ASSERT_EQUAL(0, producer->send({.topic = "t", .key = "k"}));
  for (const Report& report : producer.reports(3))
    TEST_ASSERT_EQUAL(RD_KAFKA_RESP_ERR__MSG_TIMED_OUT, report.error);
  TEST_ASSERT_GREATER_OR_EQUAL(6, traced.clock.reads());
  (void)traced.spans(3);
}

EDGESPAN_TEST(kafka_a_time_is_that_of_the_response_that_its_thread_handles, "kafka") {
  using kafka_detail::begin_response, kafka_detail::ended_us;
  constexpr std::int16_t produce_api = 0, metadata_api = 3;
  constexpr auto ok = RD_KAFKA_RESP_ERR_NO_ERROR;
  Traced traced;
  Traced other;
  kafka_detail::KafkaState& state = kafka_detail::state_of(traced.kafka);
  const auto reads_of_two = [&](rd_kafka_resp_err_t error) {
    const std::uint64_t before = traced.clock.reads();
    for (int i = 0; i < 2; ++i) (void)ended_us(state, error, 1);
    return traced.clock.reads() - before;
  };
  TEST_ASSERT_EQUAL(2, reads_of_two(ok));  // no response yet
  begin_response(state, produce_api, ok);
  TEST_ASSERT_EQUAL(2, reads_of_two(RD_KAFKA_RESP_ERR__MSG_TIMED_OUT));
  TEST_ASSERT_EQUAL(1, reads_of_two(ok));
  TEST_ASSERT_EQUAL(0, reads_of_two(ok));
  begin_response(state, metadata_api, ok);
  TEST_ASSERT_EQUAL(2, reads_of_two(ok));
  begin_response(state, produce_api, RD_KAFKA_RESP_ERR__TIMED_OUT);
  TEST_ASSERT_EQUAL(2, reads_of_two(ok));
  begin_response(kafka_detail::state_of(other.kafka), produce_api, ok);
  TEST_ASSERT_EQUAL(2, reads_of_two(ok));
  begin_response(state, produce_api, ok);
  const std::uint64_t at_us = ended_us(state, ok, 1);
  TEST_ASSERT_EQUAL_UINT64(at_us, ended_us(state, ok, at_us));
  // A message that began later is none of this response's.
  traced.clock.advance_s(1);
  TEST_ASSERT_GREATER_OR_EQUAL(at_us + 1'000'000, ended_us(state, ok, at_us + 1));
}

}  // namespace
