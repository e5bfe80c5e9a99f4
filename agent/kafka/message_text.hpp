// SPDX-License-Identifier: Apache-2.0
// Topic and key of a message as texts, and how spans tag them.
#pragma once

#include <librdkafka/rdkafka.h>

#include <cstddef>
#include <string_view>

namespace edgespan::kafka_detail {

inline constexpr std::string_view topic_tag = "kafka.topic";
inline constexpr std::string_view key_tag = "kafka.key";
// A longer key is cut: the tag serves to find a message, not to store its key.
inline constexpr std::size_t key_tag_bytes_max = 64;
inline constexpr std::size_t topic_bytes_max = 249;  // Kafka's own limit

// Empty if `topic` is null.
std::string_view topic_name(const rd_kafka_topic_t* topic) noexcept;
inline std::string_view topic_of(const rd_kafka_message_t* message) noexcept {
  return topic_name(message->rkt);
}
std::string_view key_of(const rd_kafka_message_t* message) noexcept;

}  // namespace edgespan::kafka_detail
