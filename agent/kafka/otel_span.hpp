// SPDX-License-Identifier: Apache-2.0
// Spans of messages as OpenTelemetry's conventions spell them (spelling.hpp). None of this runs where they
// are spelled as Brave does.
#pragma once

#include <librdkafka/rdkafka.h>

#include <cstdint>
#include <edgespan/span_slot.hpp>
#include <span>
#include <string_view>

#include "kafka/kafka_state.hpp"
#include "kafka/message_end.hpp"
#include "kafka/spelling.hpp"

namespace edgespan::kafka_detail {

// What a poll span tells besides.
struct PollFacts {
  const std::string_view& group;  // of the consumer; empty: none
  std::uint32_t messages;         // that the span is about
};

// These put a finished span into the ring. False: the ring has no room.
bool put_otel_send(KafkaState& state, const InflightSpan& sent, const MessageEnd& end) noexcept;
bool put_otel_poll(KafkaState& state, const Context& context, const MessageEnd& end,
                   const PollFacts& facts) noexcept;

// Fills the slot of a span that begins now with the name, the kind, and what it says of the message. The slot
// holds no texts yet.
void fill_otel(KafkaState& state, SpanSlot& slot, const rd_kafka_message_t* message) noexcept;

// The group of a consumer, in `out`; empty: it has none, or one that is no text or too long.
std::string_view group_of(const rd_kafka_t* consumer, std::span<char> out) noexcept;

}  // namespace edgespan::kafka_detail
