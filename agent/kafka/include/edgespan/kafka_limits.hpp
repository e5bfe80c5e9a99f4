// SPDX-License-Identifier: Apache-2.0
// The numbers that bound the memory of Kafka tracing, and the memory that follows from them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <edgespan/consumer_memory.hpp>
#include <edgespan/inflight_bucket.hpp>
#include <edgespan/limits.hpp>

namespace edgespan {

// Each member bounds exactly one array of KafkaMemory.
struct KafkaLimits {
  // Messages in flight, of all producers; a multiple of 8. A message may take 16 of these slots, so a few
  // find none shortly before all are taken (Books::inflight_full).
  std::uint32_t inflight_max = 256;
  std::uint32_t poll_records_max = 500;  // records that one poll returns
  std::uint32_t poll_topics_max = 8;     // topics of one poll whose records may share a root span

  friend constexpr bool operator==(const KafkaLimits&, const KafkaLimits&) noexcept = default;
};

// The least that is of use.
inline constexpr KafkaLimits tiny_kafka_limits{
    .inflight_max = 32, .poll_records_max = 32, .poll_topics_max = 2};

// sizeof(KafkaMemory<limits>): one term and one reason a line.
constexpr std::size_t kafka_memory_bytes(const KafkaLimits& limits) noexcept {
  std::size_t bytes = 0;
  bytes += limits.inflight_max / inflight_bucket_size *
           sizeof(InflightBucket);                          // ids and start until the delivery report
  bytes += limits.poll_records_max * sizeof(PolledRecord);  // the records of a poll
  bytes += limits.poll_topics_max * sizeof(PolledTopic);    // the shared roots of a poll
  bytes += (slot_align - bytes % slot_align) % slot_align;  // up to a whole cache line
  return bytes;
}

// The nearest limits that work.
constexpr KafkaLimits nearest_kafka_limits(KafkaLimits limits) noexcept {
  limits.inflight_max =
      nearest_limit(limits.inflight_max, inflight_bucket_size, UINT32_MAX / inflight_bucket_size);
  limits.poll_records_max = nearest_limit(limits.poll_records_max, 1, UINT32_MAX);
  limits.poll_topics_max = nearest_limit(limits.poll_topics_max, 1, UINT32_MAX);
  return limits;
}

constexpr bool kafka_limits_valid(const KafkaLimits& limits) noexcept {
  return nearest_kafka_limits(limits) == limits;
}

}  // namespace edgespan
