// SPDX-License-Identifier: Apache-2.0
// Fields that the poll spans of one topic have in common. The agent writes them; they are public because a
// TracingConsumer holds them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace edgespan {

// Encoded once a topic: what stands behind the ids of a span, but for its time, which is that of the poll; at
// the end, if it is short enough, the tag of the topic. With Semantics::otel: the text of the consumer's
// group.
struct PollFields {
  std::uint16_t size = 0;         // of `bytes`; 0: nothing yet
  std::uint16_t topic_bytes = 0;  // of the topic's name, the last of `bytes`; 0: not there
  std::array<std::byte, 196> bytes;
};

}  // namespace edgespan
