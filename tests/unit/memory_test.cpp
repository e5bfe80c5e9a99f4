// SPDX-License-Identifier: Apache-2.0
// The memory that was promised: the smallest preset traces a message from its send to its work, and what a
// header costs librdkafka.
#include <edgespan/http_sender.hpp>
#include <edgespan/posix_port.hpp>

#include <string>
#include <string_view>

#include "memory/trap.hpp"
#include "support/kafka_clients.hpp"

namespace {

using namespace edgespan;
using namespace edgespan::test;

// The objects of a program with one producer, one consumer and an HTTP sender.
constexpr std::size_t object_bytes = sizeof(Tracing) + sizeof(Reporter) + sizeof(HttpSender) +
                                     sizeof(posix::Port) + sizeof(KafkaTracing) + sizeof(TracingProducer) +
                                     sizeof(TracingConsumer);
static_assert(sizeof(Memory<>) + sizeof(KafkaMemory<>) + object_bytes <= 64 * 1'024);
static_assert(sizeof(Memory<tiny_limits>) + sizeof(KafkaMemory<tiny_kafka_limits>) + object_bytes <=
              16 * 1'024);

// The sum is all of it, for odd numbers as well.
constexpr Limits odd_limits{.ring_bytes = 3'072, .batch_bytes = 641, .spans_open_max = 3};
static_assert(sizeof(Memory<>) == memory_bytes(Limits{}));
static_assert(sizeof(Memory<tiny_limits>) == memory_bytes(tiny_limits));
static_assert(sizeof(Memory<odd_limits>) == memory_bytes(odd_limits));

EDGESPAN_TEST(memory_of_the_smallest_preset_is_enough_for_the_whole_story, "memory") {
  Traced<tiny_limits, tiny_kafka_limits> traced;
  const std::string topic = MockCluster::shared().topic();
  ReportingProducer producer{traced};
  std::size_t spans = 0;
  for (int round = 1; round <= 20; ++round) {
    TEST_ASSERT_EQUAL(
        0, producer->send({.topic = topic.c_str(), .key = "pump-" + std::to_string(round), .value = "v"}));
    producer.delivered(static_cast<std::size_t>(round));
    (void)traced.spans(++spans);
  }
  PlainConsumer consumer{{{topic, 1}}};
  consumer.wait_for(20);
  TracingConsumer polled{traced.kafka, consumer.handle(), traced.kafka_memory->consumer};
  std::size_t records = 0;
  TEST_ASSERT_TRUE(eventually([&] {
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
  TEST_ASSERT_EQUAL_STRING("process", all.back().name);
  TEST_ASSERT_EQUAL(all[19].trace_id, all.back().trace_id);
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
    TEST_ASSERT_EQUAL(0, producer.send(record));  // the first one makes the topic
    const Allocations before = thread_allocations();
    const rd_kafka_resp_err_t error = producer.send(record);
    const Allocations used = thread_allocations() - before;
    TEST_ASSERT_EQUAL(0, error);
    return used.calls;
  };
  const RecordHeader own[] = {{"own", "header"}};
  TEST_ASSERT_EQUAL(3, calls(with_tracing.get(), {}) - calls(plain.get(), {}));
  TEST_ASSERT_EQUAL(1, calls(with_tracing.get(), own) - calls(plain.get(), own));
}

// The README's table of what each choice of headers takes: bytes in a record, and allocations of librdkafka.
EDGESPAN_TEST(memory_of_headers_is_what_the_readme_says_of_each_format, "memory") {
  using enum TraceFormat;
  struct Choice {
    Propagation formats;
    bool has_parent;
    std::size_t bytes;
    std::uint64_t calls;
  };
  const Choice choices[] = {{{b3}, false, 55, 3},       {{b3}, true, 55, 3},
                            {{b3_parent}, true, 73, 3}, {{b3_multi}, false, 90, 5},
                            {{b3_multi}, true, 125, 6}, {{w3c}, false, 68, 3},
                            {{b3, w3c}, false, 123, 4}, {{w3c, b3}, true, 123, 4},
                            {{}, false, 55, 3},         {{b3_multi, w3c}, false, 158, 6}};
  const auto calls_of = [](TracingProducer& producer, const std::string& topic) {
    const Allocations before = thread_allocations();
    const rd_kafka_resp_err_t error = producer.send({.topic = topic.c_str(), .key = "k", .value = "v"});
    const Allocations used = thread_allocations() - before;
    TEST_ASSERT_EQUAL(0, error);
    return used.calls;
  };
  const std::string topic = MockCluster::shared().topic();
  std::uint64_t untraced = 0;
  {
    const Client plain =
        plain_client(RD_KAFKA_PRODUCER, {{"bootstrap.servers", MockCluster::shared().brokers()}});
    KafkaTracing off;
    TracingProducer producer{off, plain.get()};
    (void)calls_of(producer, topic);  // makes the topic
    untraced = calls_of(producer, topic);
  }
  for (const Choice& choice : choices) {
    TEST_CONTEXT(choice.bytes);
    Traced traced{KafkaConfig{.propagation = choice.formats}};
    ReportingProducer producer{traced};
    const Scope scope{traced.tracing, choice.has_parent ? Context{1, 2, 3, 0, Decision::accept} : Context{}};
    (void)calls_of(*producer, topic);
    TEST_ASSERT_EQUAL(choice.calls, calls_of(*producer, topic) - untraced);
    std::size_t bytes = 0;
    for (const Header& header : producer.reports(2)[1].headers) {
      const std::size_t size = header.value->size();
      bytes += 1 + header.name.size() + (size > 63 ? 2 : 1) + size;  // a length is a zigzag varint
    }
    TEST_ASSERT_EQUAL(choice.bytes, bytes);
  }
}

// Whatever is full, a send stays a send, is counted, and has no allocation of ours: this program ends at one.
EDGESPAN_TEST(memory_that_is_full_is_counted_and_takes_no_other, "memory") {
  static constexpr Limits few{.ring_bytes = 1'024, .batch_bytes = 2'048, .spans_open_max = 1};
  static constexpr KafkaLimits few_messages{.inflight_max = 8};
  Traced<few, few_messages> traced;
  const Settings settings{{"bootstrap.servers", "127.0.0.1:9"}, {"queue.buffering.max.messages", "64"}};
  const Client client{traced.create(RD_KAFKA_PRODUCER, settings)};
  TracingProducer producer{traced.kafka, client.get()};
  std::size_t accepted = 0;
  std::size_t refused = 0;
  for (int i = 0; i < 100; ++i) {
    const rd_kafka_resp_err_t error = producer.send({.topic = "t", .key = "k", .value = "v"});
    ++(error == RD_KAFKA_RESP_ERR_NO_ERROR ? accepted : refused);
    TEST_ASSERT_TRUE(error == RD_KAFKA_RESP_ERR_NO_ERROR || error == RD_KAFKA_RESP_ERR__QUEUE_FULL);
  }
  Span one = traced.tracing.span("one");
  Span two = traced.tracing.span("two");
  two.finish();
  one.finish();
  const Books books = traced.tracing.books();
  TEST_ASSERT_EQUAL(64, accepted);
  TEST_ASSERT_EQUAL(36, refused);
  TEST_ASSERT_GREATER_OR_EQUAL(56, books.inflight_full);
  TEST_ASSERT_GREATER_THAN(0, books.dropped_total());
  TEST_ASSERT_TRUE(books.balanced());
}

}  // namespace
