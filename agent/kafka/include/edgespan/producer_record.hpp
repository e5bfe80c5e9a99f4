// SPDX-License-Identifier: Apache-2.0
// A record to send.
#pragma once

#include <librdkafka/rdkafka.h>

#include <cstdint>
#include <span>
#include <string_view>

namespace edgespan {

// A null `value.data()` is a null value.
struct RecordHeader {
  std::string_view name;
  std::string_view value;
};

struct ProducerRecord {
  const char* topic = nullptr;  // 1 to 249 characters, Kafka's own limit, and a NUL
  std::string_view key{};       // null data(): no key
  std::string_view value{};     // null data(): a tombstone
  std::int32_t partition = RD_KAFKA_PARTITION_UA;
  std::int64_t timestamp_ms = 0;            // 0: now
  std::span<const RecordHeader> headers{};  // copied
  void* opaque = nullptr;                   // comes back in the delivery report, untouched
};

}  // namespace edgespan
