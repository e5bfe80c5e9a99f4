// SPDX-License-Identifier: Apache-2.0
// What a producer of librdkafka may hold and send.
#pragma once

#include <cstdint>

namespace edgespan {

// Each member is one setting of librdkafka; constrain() applies them.
struct ProducerLimits {
  // Messages in flight, 1 or more. This bounds the memory: the limit in kbytes counts payloads only, not
  // keys, headers and what librdkafka keeps beside a message.
  std::uint32_t queue_messages_max = 256;    // queue.buffering.max.messages
  std::uint32_t queue_payload_kbytes = 64;   // queue.buffering.max.kbytes; of 1,024 bytes, 1 or more
  std::uint32_t message_bytes_max = 65'536;  // message.max.bytes; 1,000 or more; at most what the queue holds
  std::uint32_t batch_bytes = 16'384;        // batch.size
  // Payloads of up to this many bytes are copied into the request, which librdkafka makes large enough for
  // the whole queue. Longer ones are sent from where they are and take two more entries in the system call's
  // list.
  std::uint32_t copy_bytes_max = 0;  // message.copy.max.bytes
  std::uint32_t requests_max = 1;    // max.in.flight: requests of a connection that wait for an answer
  std::uint32_t receive_bytes_max = 131'072;  // receive.message.max.bytes: one answer; 1,000 or more
  // librdkafka looks at message timeouts only between two attempts to connect, so they may come this much
  // late.
  std::uint32_t reconnect_ms_max = 1'000;  // reconnect.backoff.max.ms
};

}  // namespace edgespan
