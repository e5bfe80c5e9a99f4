// SPDX-License-Identifier: Apache-2.0
#include <edgespan/client_events.hpp>

#include "core/assert.hpp"
#include "kafka/interceptors.hpp"
#include "kafka/kafka_state.hpp"
#include "kafka/response_time.hpp"
#include "kafka/sweep_messages.hpp"

namespace edgespan::client_events {

using kafka_detail::state_of;

void producer_made(KafkaTracing& kafka, const rd_kafka_t* producer, const rd_kafka_conf_t* conf) noexcept {
  EDGESPAN_ASSERT(conf != nullptr && state_of(kafka).tracing != nullptr);
  kafka_detail::note_producer(state_of(kafka), producer, conf);
}

void message_sent(KafkaTracing& kafka, rd_kafka_t* producer, rd_kafka_message_t* message) noexcept {
  kafka_detail::message_sent(state_of(kafka), producer, message);
}

void response_received(KafkaTracing& kafka, std::int16_t api_key, rd_kafka_resp_err_t error) noexcept {
  kafka_detail::begin_response(state_of(kafka), api_key, error);
}

void message_ended(KafkaTracing& kafka, const rd_kafka_t* producer, rd_kafka_message_t* message) noexcept {
  kafka_detail::message_ended(state_of(kafka), producer, message);
}

Context message_consumed(KafkaTracing& kafka, const rd_kafka_t* consumer,
                         rd_kafka_message_t* message) noexcept {
  return kafka_detail::message_consumed(state_of(kafka), consumer, message);
}

void producer_ended(KafkaTracing& kafka, const rd_kafka_t* producer) noexcept {
  kafka_detail::end_messages_of(state_of(kafka), producer);
}

}  // namespace edgespan::client_events
