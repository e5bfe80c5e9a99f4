// SPDX-License-Identifier: Apache-2.0
// Row 35 of the failure model: the application stops the agent where librdkafka calls it back, with messages
// in flight.
#include "support/kafka_clients.hpp"

#include <string>

namespace {

using namespace edgespan;
using namespace edgespan::test;

EDGESPAN_TEST(kafka_a_stop_in_a_delivery_report_ends_every_span, "kafka") {
  constexpr std::size_t messages = 10;
  Traced traced;
  ReportingProducer producer{traced, {{"linger.ms", "50"}}};
  const std::string topic = MockCluster::shared().topic();
  int stops = 0;
  producer.on_report = [&](const rd_kafka_message_t*) {
    TEST_ASSERT_EQUAL(Status::ok, traced.agent->stop(10'000));
    ++stops;
  };
  for (std::size_t i = 0; i < messages; ++i) {
    TEST_ASSERT_EQUAL(0, producer->send({.topic = topic.c_str(), .key = "k"}));
  }
  producer.delivered(messages);
  TEST_ASSERT_EQUAL(messages, stops);
  const Books books = traced.tracing.books();
  TEST_ASSERT_TRUE(books.balanced());
  TEST_ASSERT_EQUAL(messages, books.finished);
  TEST_ASSERT_EQUAL(0, books.in_ring + books.in_batch + books.faults);
  TEST_ASSERT_EQUAL(messages, traced.sender.spans.size() + books.dropped_total());
  // The application's own business goes on, without tracing.
  TEST_ASSERT_EQUAL(0, producer->send({.topic = topic.c_str(), .key = "after"}));
  producer.on_report = nullptr;
  producer.delivered(messages + 1);
  TEST_ASSERT_EQUAL(messages, traced.tracing.books().finished);
  TEST_ASSERT_TRUE(producer.reports(messages + 1).back().headers.empty());
}

}  // namespace
