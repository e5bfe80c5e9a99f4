// SPDX-License-Identifier: Apache-2.0
// The PRODUCER span of a message: how it begins and how it ends.
#pragma once

#include <librdkafka/rdkafka.h>

#include <cstdint>

#include "core/put_span.hpp"
#include "kafka/kafka_state.hpp"
#include "kafka/message_end.hpp"

namespace edgespan::kafka_detail {

// Puts a finished span into the ring, in the spelling that is configured. False: the ring has no room.
bool put_send(KafkaState& state, const InflightSpan& sent, const MessageEnd& end) noexcept;

// The same, but drops and counts a span for which no room can be made.
inline void record_send(KafkaState& state, const InflightSpan& sent, const MessageEnd& end) noexcept {
  EDGESPAN_ASSERT(detail::few_assertions || sent.context.sampled());
  detail::put_or_drop(state.core(), [&] { return put_send(state, sent, end); });
}

// Records the span of a message whose delivery report did not come in time.
void expire_send(KafkaState& state, const InflightSpan& span, std::uint64_t now_us) noexcept;

}  // namespace edgespan::kafka_detail
