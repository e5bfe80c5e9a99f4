// SPDX-License-Identifier: Apache-2.0
#include <edgespan/consumer_record.hpp>

#include "kafka/message_text.hpp"

namespace edgespan {

std::string_view ConsumerRecord::topic() const noexcept { return kafka_detail::topic_of(message_); }

std::string_view ConsumerRecord::key() const noexcept { return kafka_detail::key_of(message_); }

std::string_view ConsumerRecord::value() const noexcept {
  return message_->payload != nullptr
             ? std::string_view{static_cast<const char*>(message_->payload), message_->len}
             : std::string_view{};
}

}  // namespace edgespan
