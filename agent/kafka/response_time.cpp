// SPDX-License-Identifier: Apache-2.0
#include "kafka/response_time.hpp"

#include "core/assert.hpp"

namespace edgespan::kafka_detail {
namespace {

constexpr std::int16_t produce_api = 0;

// Of the response that this thread handles.
struct Response {
  const KafkaState* agent;  // whose messages it delivers; null: none
  std::uint64_t at_us;      // 0: nobody has read the clock for it yet
};
constinit thread_local Response response{};

}  // namespace

void begin_response(const KafkaState& state, std::int16_t api_key, rd_kafka_resp_err_t error) noexcept {
  EDGESPAN_ASSERT(detail::few_assertions || state.tracing != nullptr);
  const bool delivers = api_key == produce_api && error == RD_KAFKA_RESP_ERR_NO_ERROR;
  response = {delivers ? &state : nullptr, 0};
}

std::uint64_t ended_us(const KafkaState& state, rd_kafka_resp_err_t error, std::uint64_t start_us) noexcept {
  EDGESPAN_ASSERT(detail::few_assertions || state.tracing != nullptr);
  // Only a response can say that a message was delivered. Of the errors, some are about messages that wait in
  // a queue of this thread while no response is handled.
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR || response.agent != &state) return state.core().now_us();
  // A message that began after the time of the response belongs to another one.
  if (response.at_us == 0 || response.at_us < start_us) response.at_us = state.core().now_us();
  return response.at_us;
}

}  // namespace edgespan::kafka_detail
