// SPDX-License-Identifier: Apache-2.0
// What the spans of messages and their tags are called: every name of both spellings, and nowhere else. A
// later release of OpenTelemetry's conventions is one more table of names, and a choice of it at the end.
#pragma once

#include <array>
#include <cstddef>
#include <edgespan/span.hpp>
#include <string_view>

namespace edgespan::kafka_detail {

// An operation on messages: what its spans are called, its type in OpenTelemetry's words, and the kind that
// its spans have there.
struct MessageOperation {
  std::string_view name;
  std::string_view type;
  Kind kind;
};
inline constexpr MessageOperation send_operation{"send", "send", Kind::producer};
inline constexpr MessageOperation poll_operation{"poll", "receive", Kind::client};
inline constexpr MessageOperation process_operation{"process", "process", Kind::consumer};

// Brave's tags, and one that Brave lacks: how many refused messages a span stands for.
inline constexpr std::string_view topic_tag = "kafka.topic";
inline constexpr std::string_view key_tag = "kafka.key";
inline constexpr std::string_view refused_tag = "kafka.refused";

// OpenTelemetry's attributes of messages.
struct AttributeNames {
  std::string_view system;
  std::string_view operation_name;
  std::string_view operation_type;
  std::string_view destination;
  std::string_view partition;
  std::string_view key;
  std::string_view offset;
  std::string_view tombstone;
  std::string_view message_count;
  std::string_view group;
  std::string_view client;
  std::string_view error_type;
  std::string_view error;    // ours, as the next one: what Zipkin takes for the mark of an error
  std::string_view refused;  // how many messages were refused
};
inline constexpr AttributeNames otel_1_44{
    .system = "messaging.system",
    .operation_name = "messaging.operation.name",
    .operation_type = "messaging.operation.type",
    .destination = "messaging.destination.name",
    .partition = "messaging.destination.partition.id",
    .key = "messaging.kafka.message.key",
    .offset = "messaging.kafka.offset",
    .tombstone = "messaging.kafka.message.tombstone",
    .message_count = "messaging.batch.message_count",
    .group = "messaging.consumer.group.name",
    .client = "messaging.client.id",
    .error_type = "error.type",
    .error = "error",
    .refused = refused_tag,
};
inline constexpr std::string_view otel_system = "kafka";  // the value of `system`

// The table in use.
inline constexpr AttributeNames otel = otel_1_44;

// The field `name` of a span, encoded, with the name of an operation.
template <const MessageOperation& Operation>
inline constexpr auto name_field = [] {
  std::array<std::byte, 2 + Operation.name.size()> field{std::byte{0x2A},
                                                         static_cast<std::byte>(Operation.name.size())};
  for (std::size_t i = 0; i < Operation.name.size(); ++i) {
    field[2 + i] = static_cast<std::byte>(Operation.name[i]);
  }
  return field;
}();

}  // namespace edgespan::kafka_detail
