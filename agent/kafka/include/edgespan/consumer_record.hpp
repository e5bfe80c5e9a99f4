// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <librdkafka/rdkafka.h>

#include <cstdint>
#include <edgespan/context.hpp>
#include <string_view>

namespace edgespan {

class ConsumerBatch;
class KafkaTracing;

// One polled record: a view, valid until its batch ends. Texts are views into librdkafka's message.
class ConsumerRecord {
 public:
  std::string_view topic() const noexcept;
  std::int32_t partition() const noexcept { return message_->partition; }
  std::int64_t offset() const noexcept { return message_->offset; }
  std::string_view key() const noexcept;
  std::string_view value() const noexcept;
  // Not RD_KAFKA_RESP_ERR_NO_ERROR: this is an event of librdkafka's and not a record.
  rd_kafka_resp_err_t error() const noexcept { return message_->err; }
  rd_kafka_message_t* message() const noexcept { return message_; }

 private:
  friend class ConsumerBatch;
  friend class KafkaTracing;

  rd_kafka_message_t* message_ = nullptr;
  Context polled_{};  // of its poll span; not valid() if it has none
};

}  // namespace edgespan
