// SPDX-License-Identifier: Apache-2.0
// The PRODUCER span of a message: how it begins and how it ends.
#pragma once

#include <librdkafka/rdkafka.h>

#include <cstdint>
#include <string_view>

#include "core/put_span.hpp"
#include "kafka/kafka_state.hpp"
#include "kafka/message_text.hpp"

namespace edgespan::kafka_detail {

// How a message ended, and what its span tags.
struct SendEnd {
  std::uint64_t at_us;  // monotonic
  std::string_view topic;
  std::string_view key;
  std::string_view error;               // empty: delivered
  std::string_view key_name = key_tag;  // what `key` is the value of
};

// Puts a finished span into the ring. False: the ring has no room.
bool put_send(KafkaState& state, const InflightSpan& sent, const SendEnd& end) noexcept;

// The same, but drops and counts a span for which no room can be made.
inline void record_send(KafkaState& state, const InflightSpan& sent, const SendEnd& end) noexcept {
  EDGESPAN_ASSERT(detail::few_assertions || sent.context.sampled());
  detail::put_or_drop(state.core(), [&] { return put_send(state, sent, end); });
}

// Records the span of a message whose delivery report did not come in time.
void expire_send(KafkaState& state, const InflightSpan& span, std::uint64_t now_us) noexcept;

}  // namespace edgespan::kafka_detail
