// SPDX-License-Identifier: Apache-2.0
// A message that has no room for the trace header, because of message.max.bytes.
#include "kafka/trace_headers.hpp"

#include "support/kafka_clients.hpp"

#include <string>
#include <vector>

namespace {

using namespace edgespan;
using namespace edgespan::test;

// librdkafka aborts the process if a header makes a message larger than message.max.bytes after it was
// accepted.
EDGESPAN_TEST(kafka_message_without_room_for_the_header_goes_out_without_it, "kafka") {
  const Propagation all{TraceFormat::b3, TraceFormat::b3_multi, TraceFormat::w3c};
  for (const Propagation& propagation : {Propagation{}, all}) {
    Traced traced{KafkaConfig{.propagation = propagation}};
    ReportingProducer large{traced};
    ReportingProducer producer{traced, {{"message.max.bytes", "1000"}}};
    const std::string topic = MockCluster::shared().topic();
    const RecordHeader own[] = {{"own", "header"}};
    std::size_t accepted = 0;
    std::size_t sent = 0;
    for (std::size_t bytes = 500; bytes <= 1'000; ++bytes) {
      const std::string value(bytes, 'v');
      const std::span<const RecordHeader> headers{own, bytes % 2};
      const rd_kafka_resp_err_t error =
          producer->send({.topic = topic.c_str(), .key = "k", .value = value, .headers = headers});
      ++sent;
      if (error == RD_KAFKA_RESP_ERR_NO_ERROR)
        ++accepted;
      else
        TEST_ASSERT_EQUAL(RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, error);
      if (sent % 100 == 0) producer.delivered(accepted);
    }
    producer.delivered(accepted);
    std::size_t traced_ones = 0;
    for (const Report& report : producer.reports(accepted)) {
      for (const Header& header : report.headers)
        traced_ones += b3_key(header.name) == B3Key::trace_id || header.name == "b3";
    }
    if (propagation == all) traced_ones /= 2;
    const Books books = traced.tracing.books();
    TEST_ASSERT_EQUAL(sent - accepted, books.sends_refused);
    TEST_ASSERT_EQUAL(sent - books.refusals_folded, books.finished);
    TEST_ASSERT_EQUAL(accepted - traced_ones, books.headers_failed);
    TEST_ASSERT_GREATER_THAN(0, books.headers_failed);
    TEST_ASSERT_GREATER_THAN(100, traced_ones);
    // Another producer's limit does not count.
    const std::string value(1'000, 'v');
    TEST_ASSERT_EQUAL(0, large->send({.topic = topic.c_str(), .value = value}));
    TEST_ASSERT_GREATER_THAN(0, b3_of(large.reports(1)[0].headers).size());
  }
}

// The bound of what a traced record takes, to the byte, with several headers.
EDGESPAN_TEST(kafka_every_header_counts_for_the_room_of_a_message, "kafka") {
  Traced traced;
  ReportingProducer producer{traced, {{"message.max.bytes", "1000"}}};
  const std::string topic = MockCluster::shared().topic();
  const RecordHeader headers[] = {{"first", "1234567890"}, {"second", "1234"}, {"third", {}}, {"x", "12"}};
  using namespace kafka_detail;
  constexpr std::size_t others =
      record_frame_bytes + 1 + trace_headers_bytes_max + 4 * header_frame_bytes + 5 + 10 + 6 + 4 + 5 + 1 + 2;
  for (const std::size_t more : {0U, 1U}) {
    const std::string value(1'000 - others + more, 'v');
    TEST_ASSERT_EQUAL(
        0, producer->send({.topic = topic.c_str(), .key = "k", .value = value, .headers = headers}));
  }
  const std::vector<Report>& reports = producer.reports(2);
  TEST_ASSERT_EQUAL(5, reports[0].headers.size());
  TEST_ASSERT_EQUAL(4, reports[1].headers.size());
  TEST_ASSERT_EQUAL(1, traced.tracing.books().headers_failed);
}

}  // namespace
