// SPDX-License-Identifier: Apache-2.0
// Topic and key of a message as texts, and how much of them spans show.
#pragma once

#include <librdkafka/rdkafka.h>

#include <cstddef>
#include <string_view>

#include "core/code.hpp"

namespace edgespan::kafka_detail {

struct KafkaState;

inline constexpr std::size_t topic_bytes_max = 249;  // Kafka's own limit

// Empty if `topic` is null.
EDGESPAN_WIDE std::string_view topic_name(const rd_kafka_topic_t* topic) noexcept {
  const char* name = topic != nullptr ? rd_kafka_topic_name(topic) : nullptr;
  return name != nullptr ? std::string_view{name} : std::string_view{};
}
inline std::string_view topic_of(const rd_kafka_message_t* message) noexcept {
  return topic_name(message->rkt);
}
inline std::string_view key_of(const rd_kafka_message_t* message) noexcept {
  return message->key != nullptr ? std::string_view{static_cast<const char*>(message->key), message->key_len}
                                 : std::string_view{};
}

// What a span says of a topic: the first topic_bytes_max bytes, or nothing if people cannot read it; for a
// text that is not UTF-8 a collector may refuse a whole batch. Either is counted (Books::texts_cut). No
// broker takes such a name, but librdkafka takes a message for it, which then fails.
std::string_view topic_text(const KafkaState& state, std::string_view topic) noexcept;

// Whatever the topic, a span of the largest size has room for a key of this many bytes.
inline constexpr std::size_t key_bytes_sure = 64;
// How long a key may be beside a topic. What the topic leaves of its own room is the key's, less the bytes by
// which the lengths around a longer key grow.
constexpr std::size_t key_room(std::size_t topic_bytes) noexcept {
  constexpr std::size_t lengths = 3;
  constexpr std::size_t both = key_bytes_sure + topic_bytes_max - lengths;
  return topic_bytes < both - key_bytes_sure ? both - topic_bytes : key_bytes_sure;
}

// What a span says of a key.
struct KeyText {
  std::string_view text;  // empty: nothing
  bool cut;               // the text is not the whole key
};
// A key that people can read, cut between two characters to at most `bytes_max` bytes. 0: no key is told.
KeyText key_text(std::string_view key, std::size_t bytes_max) noexcept;

}  // namespace edgespan::kafka_detail
