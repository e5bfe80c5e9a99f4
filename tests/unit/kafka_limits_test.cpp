// SPDX-License-Identifier: Apache-2.0
// The limits of Kafka tracing: what cannot be is moved to what would do, and the sum is all of the memory.
#include <edgespan/kafka_memory.hpp>

#include <cstdint>

#include "support/test.hpp"

namespace {

using namespace edgespan;

static_assert(kafka_limits_valid(KafkaLimits{}) && kafka_limits_valid(tiny_kafka_limits));
static_assert(nearest_kafka_limits({.inflight_max = 0}).inflight_max == 8);
static_assert(nearest_kafka_limits({.inflight_max = 9}).inflight_max == 16);
static_assert(nearest_kafka_limits({.inflight_max = UINT32_MAX}).inflight_max == UINT32_MAX - 7);
static_assert(nearest_kafka_limits({.poll_records_max = 0}).poll_records_max == 1);
static_assert(nearest_kafka_limits({.poll_topics_max = 0}).poll_topics_max == 1);
static_assert(!kafka_limits_valid({.inflight_max = 9}));
static_assert(!kafka_limits_valid({.poll_topics_max = 0}));

constexpr KafkaLimits odd_limits{.inflight_max = 24, .poll_records_max = 1, .poll_topics_max = 5};
static_assert(sizeof(KafkaMemory<>) == kafka_memory_bytes(KafkaLimits{}));
static_assert(sizeof(KafkaMemory<tiny_kafka_limits>) == kafka_memory_bytes(tiny_kafka_limits));
static_assert(sizeof(KafkaMemory<odd_limits>) == kafka_memory_bytes(odd_limits));

EDGESPAN_TEST(kafka_memory_gives_a_consumer_what_its_limits_say, "kafka") {
  static KafkaMemory<odd_limits> memory;
  const ConsumerMemory consumer = memory.consumer;
  TEST_ASSERT_EQUAL_UINT64(1, consumer.records.size());
  TEST_ASSERT_EQUAL_UINT64(5, consumer.topics.size());
  TEST_ASSERT_EQUAL_UINT64(3, memory.inflight.size());
}

}  // namespace
