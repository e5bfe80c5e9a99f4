// SPDX-License-Identifier: Apache-2.0
// Fields that the poll spans of one topic have in common. The agent writes them; they are public because a
// TracingConsumer holds them.
#pragma once

#include <librdkafka/rdkafka.h>

#include <array>
#include <cstddef>

namespace edgespan {

// Encoded once a poll and topic: both endpoints and, if it is short enough, the tag of the topic. With
// Semantics::otel: the text of the consumer's group, and its size and 1.
struct PollFields {
  const rd_kafka_topic_t* topic = nullptr;
  std::size_t size = 0;  // of `bytes`; 0: not encoded yet
  std::array<std::byte, 192> bytes;
};

}  // namespace edgespan
