// SPDX-License-Identifier: Apache-2.0
// The memory of Kafka tracing as one object.
#pragma once

#include <array>
#include <edgespan/consumer_store.hpp>
#include <edgespan/kafka_limits.hpp>

namespace edgespan {

// All memory of Kafka tracing with one consumer, for static storage: it is zero before start-up, so it costs
// nothing in the image. kafka_memory_bytes(L) is its size.
template <KafkaLimits L = KafkaLimits{}>
struct KafkaMemory {
  // NOLINTNEXTLINE(bugprone-dynamic-static-initializers): it is constexpr
  static constexpr KafkaLimits nearest = nearest_kafka_limits(L);
  static_assert(limit_holds<L.inflight_max, nearest.inflight_max>,
                "inflight_max must be a multiple of 8, not 0");
  static_assert(limit_holds<L.poll_records_max, nearest.poll_records_max>, "poll_records_max must not be 0");
  static_assert(limit_holds<L.poll_topics_max, nearest.poll_topics_max>, "poll_topics_max must not be 0");

  alignas(slot_align) std::array<InflightBucket, L.inflight_max / inflight_bucket_size> inflight;
  ConsumerStore<L> consumer;
};

}  // namespace edgespan
