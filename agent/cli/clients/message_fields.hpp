// SPDX-License-Identifier: Apache-2.0
// What the tool prints of a record. Every part of a record may hold any bytes.
#pragma once

#include <librdkafka/rdkafka.h>

#include <string>
#include <string_view>
#include <vector>

namespace edgespan::cli {

struct MessageHeader {
  std::string_view name;
  std::string_view value;  // empty for a null value
};

// Views into the message.
std::vector<MessageHeader> headers_of(const rd_kafka_message_t* message);

// ` topic=T` and ` key=K`, escaped as fields; ` key=` if there is no key.
std::string topic_field(const rd_kafka_message_t* message);
std::string key_field(const rd_kafka_message_t* message);

}  // namespace edgespan::cli
