// SPDX-License-Identifier: Apache-2.0
#include "kafka/response_time.hpp"

namespace edgespan::kafka_detail {
namespace {

constexpr std::int16_t produce_api = 0;

}  // namespace

constinit thread_local Response response{};

void begin_response(const KafkaState& state, std::int16_t api_key, rd_kafka_resp_err_t error) noexcept {
  EDGESPAN_ASSERT(detail::few_assertions || state.tracing != nullptr);
  const bool delivers = api_key == produce_api && error == RD_KAFKA_RESP_ERR_NO_ERROR;
  response = {delivers ? &state : nullptr, 0};
}

}  // namespace edgespan::kafka_detail
