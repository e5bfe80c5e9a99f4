// SPDX-License-Identifier: Apache-2.0
// What a consumer of librdkafka may hold and fetch.
#pragma once

#include <cstdint>

namespace edgespan {

// Each member is one setting of librdkafka; constrain() applies them.
struct ConsumerLimits {
  // Fetching pauses while either of these two is reached. Before librdkafka 2.2 a pause takes up to a second,
  // so a reader that falls behind gets this much a second. They must be larger than one batch, or every fetch
  // would end in a pause.
  std::uint32_t prefetch_messages = 1'000;       // queued.min.messages
  std::uint32_t prefetch_kbytes = 96;            // queued.max.messages.kbytes; of 1,024 bytes of payload
  std::uint32_t fetch_partition_bytes = 32'768;  // fetch.message.max.bytes
  std::uint32_t fetch_bytes = 65'536;            // fetch.max.bytes; 1,000 or more
  // The largest batch on the topics that are read, i.e. their max.message.bytes; the default is Kafka's own.
  // A broker sends a batch whole or not at all: if one is larger than this, that partition is never read on.
  std::uint32_t batch_bytes_max = 1'048'588;  // with room for the answer around it: receive.message.max.bytes
  std::uint32_t reconnect_ms_max = 1'000;     // reconnect.backoff.max.ms
  std::uint32_t fetch_pause_ms = 20;          // fetch.queue.backoff.ms, from librdkafka 2.2
};

}  // namespace edgespan
