// SPDX-License-Identifier: Apache-2.0
// When the messages of one response ended. librdkafka runs on_response_received on the broker's thread and
// then, on the same thread, on_acknowledgement for each message that the response is about. The first of them
// that has a span reads the clock, and all others end at the same moment: one read a response, and none for a
// response whose messages are not sampled.
#pragma once

#include <librdkafka/rdkafka.h>

#include <cstdint>

#include "core/assert.hpp"
#include "kafka/kafka_state.hpp"

namespace edgespan::kafka_detail {

// In on_response_received, on a broker's thread. `api_key` and `error` are librdkafka's. Every response ends
// what an earlier one began; one that delivers messages begins anew.
void begin_response(const KafkaState& state, std::int16_t api_key, rd_kafka_resp_err_t error) noexcept;

// The response that this thread handles.
struct Response {
  const KafkaState* agent;  // whose messages it delivers; null: none
  std::uint64_t at_us;      // 0: nobody has read the clock for it yet
};
extern constinit thread_local Response response;

// The time at which a message ended whose span began at `start_us`. In on_acknowledgement. What a response
// has not delivered (a time-out, a purge, a refusal) ends when this is called, and so does every message of a
// client that does not call begin_response().
inline std::uint64_t ended_us(const KafkaState& state, rd_kafka_resp_err_t error,
                              std::uint64_t start_us) noexcept {
  EDGESPAN_ASSERT(detail::few_assertions || state.tracing != nullptr);
  // Only a response can say that a message was delivered. Of the errors, some are about messages that wait in
  // a queue of this thread while no response is handled.
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR || response.agent != &state) return state.core().now_us();
  // A message that began after the time of the response belongs to another one.
  if (response.at_us == 0 || response.at_us < start_us) response.at_us = state.core().now_us();
  return response.at_us;
}

}  // namespace edgespan::kafka_detail
