// SPDX-License-Identifier: Apache-2.0
// The memory of one consumer as an object.
#pragma once

#include <array>
#include <edgespan/consumer_memory.hpp>
#include <edgespan/kafka_limits.hpp>

namespace edgespan {

// For static storage. KafkaMemory has one; every further consumer of the process takes one of its own.
template <KafkaLimits L = KafkaLimits{}>
struct ConsumerStore {
  std::array<PolledRecord, L.poll_records_max> records;
  std::array<PolledTopic, L.poll_topics_max> topics;

  operator ConsumerMemory() noexcept { return {records, topics}; }
};

}  // namespace edgespan
