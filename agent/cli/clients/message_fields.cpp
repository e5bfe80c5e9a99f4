// SPDX-License-Identifier: Apache-2.0
#include "cli/clients/message_fields.hpp"

#include "cli/text/escape.hpp"

namespace edgespan::cli {

std::vector<MessageHeader> headers_of(const rd_kafka_message_t* message) {
  std::vector<MessageHeader> out;
  rd_kafka_headers_t* list = nullptr;
  if (rd_kafka_message_headers(message, &list) != RD_KAFKA_RESP_ERR_NO_ERROR) return out;
  const char* name = nullptr;
  const void* value = nullptr;
  std::size_t size = 0;
  for (std::size_t i = 0;
       rd_kafka_header_get_all(list, i, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR; ++i) {
    out.push_back({name, {static_cast<const char*>(value), value == nullptr ? 0 : size}});
  }
  return out;
}

std::string topic_field(const rd_kafka_message_t* message) {
  return " topic=" + field(message->rkt != nullptr ? rd_kafka_topic_name(message->rkt) : "");
}

std::string key_field(const rd_kafka_message_t* message) {
  return " key=" +
         field({static_cast<const char*>(message->key), message->key == nullptr ? 0 : message->key_len});
}

}  // namespace edgespan::cli
