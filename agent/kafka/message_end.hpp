// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <librdkafka/rdkafka.h>

#include <cstdint>
#include <string_view>

namespace edgespan::kafka_detail {

// How long a span took, for the collector: it takes 0 for absent.
constexpr std::uint64_t duration_of(std::uint64_t start_us, std::uint64_t at_us) noexcept {
  return at_us > start_us ? at_us - start_us : 1;
}

// How the work on a message ended, and what its span tells of it. The texts are views.
struct MessageEnd {
  std::uint64_t at_us;  // monotonic
  std::string_view topic;
  std::string_view key;
  const char* error = nullptr;  // rd_kafka_err2name() or a word of our own; null: it went well
  const rd_kafka_message_t* message = nullptr;  // tells where it lies; null: unknown, or several messages
  const rd_kafka_t* client = nullptr;           // null: unknown
  rd_kafka_resp_err_t code = RD_KAFKA_RESP_ERR_NO_ERROR;  // of `error`, if it has one
  bool folded = false;  // `key` tells how many refused messages the span stands for

  std::uint64_t duration_us(std::uint64_t start_us) const noexcept { return duration_of(start_us, at_us); }
};

}  // namespace edgespan::kafka_detail
