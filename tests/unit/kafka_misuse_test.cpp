// SPDX-License-Identifier: Apache-2.0
// What the assertions of kafka catch: mistakes of the agent's own code, and calls against a contract.
#include <array>
#include <memory>

#include "kafka/consumer_poll.hpp"
#include "kafka/polled_record.hpp"
#include "kafka/refused_send.hpp"
#include "kafka/send_span.hpp"
#include "kafka/trace_headers.hpp"
#include "support/kafka_clients.hpp"
#include "support/misuse.hpp"
#include "support/test_inflight.hpp"

namespace {

using namespace edgespan;
using namespace edgespan::test;
using kafka_detail::InflightSpan;

constexpr Context sampled{1, 2, 3, 0, Decision::accept};

EDGESPAN_TEST(a_message_in_flight_has_an_address_and_a_sampled_span, "misuse") {
  Table<2> t;
  InflightSpan span{sampled, 1};
  TEST_ASSERT_FAULT(t.table.insert(nullptr, 1, span));
  TEST_ASSERT_FAULT(
      t.table.insert(reinterpret_cast<const void*>(kafka_detail::InflightTable::busy), 1, span));
  TEST_ASSERT_FAULT(t.table.take(nullptr, span));
  InflightSpan unsampled{{1, 2, 3, 0, Decision::deny}, 1};
  TEST_ASSERT_FAULT(t.table.insert(Table<2>::key(1), 1, unsampled));
  TEST_ASSERT_FAULT(t.table.init({}));
}

EDGESPAN_TEST(a_slot_that_is_given_back_was_counted_where_it_strayed_from, "misuse") {
  Table<2> t;
  std::uintptr_t stored = 0;
  while (t.put(stored) == kafka_detail::InflightTable::Insert::stored) ++stored;
  for (InflightBucket& bucket : t.buckets) {
    for (InflightSlot& slot : bucket.slots) slot.strays.store(0);
  }
  InflightSpan out{};
  const auto take_all = [&] {
    while (t.take_from(1'000, out)) {
    }
  };
  TEST_ASSERT_FAULT(take_all());
}

EDGESPAN_TEST(a_polled_record_keeps_an_address_that_leaves_room_for_the_decision, "misuse") {
  rd_kafka_message_t message{};
  TEST_ASSERT_TRUE(kafka_detail::message_of(kafka_detail::pack(&message, sampled)) == &message);
  const auto odd = reinterpret_cast<std::uintptr_t>(&message) + 1;
  TEST_ASSERT_FAULT(kafka_detail::pack(reinterpret_cast<rd_kafka_message_t*>(odd), sampled));
  TEST_ASSERT_FAULT(kafka_detail::pack(nullptr, sampled));
}

EDGESPAN_TEST(only_a_refused_message_and_a_sampled_span_are_recorded, "misuse") {
  Traced traced;
  kafka_detail::KafkaState& state = kafka_detail::state_of(traced.kafka);
  TEST_ASSERT_FAULT(kafka_detail::record_refused(state, {"t", "k", RD_KAFKA_RESP_ERR_NO_ERROR}, {}));
  TEST_ASSERT_FAULT(kafka_detail::record_send(state, {{1, 2, 3, 0, Decision::deny}, 1}, {2, "t", "k", {}}));
  (void)traced.spans(0);
}

EDGESPAN_TEST(a_poll_waits_for_the_batch_before_it, "misuse") {
  const std::string topic = MockCluster::shared().topic();
  Feed feed;
  for (int i = 0; i < 2; ++i) feed.add(topic, std::to_string(i));
  feed.done();
  Traced<Limits{}, KafkaLimits{.poll_records_max = 1}> traced;
  PlainConsumer consumer{{{topic, 1}}};
  TracingConsumer tracing{traced.kafka, consumer.handle(), traced.kafka_memory->consumer};
  consumer.wait_for(2);
  {
    ConsumerBatch batch = tracing.poll(std::chrono::seconds{5});
    TEST_ASSERT_EQUAL(1, batch.size());
    TEST_ASSERT_FAULT(tracing.poll(std::chrono::seconds{0}));
    ConsumerBatch moved{std::move(batch)};
    TEST_ASSERT_TRUE((*moved.begin()).key() == "0");
  }
  TEST_ASSERT_EQUAL(1, tracing.poll(std::chrono::seconds{5}).size());
  TEST_ASSERT_FAULT((TracingConsumer{traced.kafka, consumer.handle(), {}}));
}

}  // namespace
