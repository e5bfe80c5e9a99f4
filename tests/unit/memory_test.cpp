// SPDX-License-Identifier: Apache-2.0
// The memory that was promised: the smallest preset traces a message from its send to its work, and what a
// header costs librdkafka.
#include <string>

#include "memory/trap.hpp"
#include "support/kafka_clients.hpp"

namespace {

using namespace edgespan;
using namespace edgespan::test;

static_assert(memory_bytes(Limits{}) <= 64 * 1'024);
static_assert(memory_bytes(tiny_limits) <= 16 * 1'024);
static_assert(sizeof(Memory<tiny_limits>) <= 16 * 1'024);

EDGESPAN_TEST(memory_of_the_smallest_preset_is_enough_for_the_whole_story, "memory") {
  Traced<tiny_limits> traced;
  const std::string topic = MockCluster::shared().topic();
  ReportingProducer producer{traced};
  std::size_t spans = 0;
  for (int round = 1; round <= 20; ++round) {
    REQUIRE(producer->send({.topic = topic, .key = "pump-" + std::to_string(round), .value = "v"}) == 0);
    producer.delivered(static_cast<std::size_t>(round));
    (void)traced.spans(++spans);
  }
  PlainConsumer consumer{{{topic, 1}}};
  consumer.wait_for(20);
  TracingConsumer polled{traced.kafka, consumer.handle(), traced.memory->consumer};
  std::size_t records = 0;
  REQUIRE(eventually([&] {
    for (auto& record : polled.poll(std::chrono::milliseconds{10})) {
      auto span = traced.kafka.next_span(record).name("process").tag("celsius", "-18.2");
      span.finish();
      (void)traced.reporter.flush(5'000);
      ++records;
    }
    return records == 20;
  }));
  spans += 2 * records;  // a poll and a process span a record
  const std::vector<DecodedSpan>& all = traced.spans(spans);
  REQUIRE(all.back().name == "process");
  REQUIRE(all.back().trace_id == all[19].trace_id);
}

// What the README says: three allocations of librdkafka's for the header of a message, one if it has headers
// already.
EDGESPAN_TEST(memory_of_a_header_is_three_allocations_of_librdkafka_or_one, "memory") {
  Traced traced;
  const Settings settings{{"bootstrap.servers", "127.0.0.1:9"}};
  const Client plain = plain_client(RD_KAFKA_PRODUCER, settings);
  const Client with_tracing{traced.create(RD_KAFKA_PRODUCER, settings)};
  const auto calls = [&](rd_kafka_t* client, std::span<const RecordHeader> headers) {
    TracingProducer producer{traced.kafka, client};
    const ProducerRecord record{.topic = "t", .key = "k", .value = "v", .headers = headers};
    REQUIRE(producer.send(record) == 0);  // the first one makes the topic
    const Allocations before = thread_allocations();
    const rd_kafka_resp_err_t error = producer.send(record);
    const Allocations used = thread_allocations() - before;
    REQUIRE(error == 0);
    return used.calls;
  };
  const RecordHeader own[] = {{"own", "header"}};
  REQUIRE(calls(with_tracing.get(), {}) - calls(plain.get(), {}) == 3);
  REQUIRE(calls(with_tracing.get(), own) - calls(plain.get(), own) == 1);
}

}  // namespace
