// SPDX-License-Identifier: Apache-2.0
// What a client of librdkafka tells, for interceptors that are not KafkaTracing's own: those of a plugin,
// which serves several copies of librdkafka. KafkaTracing::create() and install() need none of this.
#pragma once

#include <librdkafka/rdkafka.h>

#include <cstdint>
#include <edgespan/context.hpp>
#include <edgespan/kafka_tracing.hpp>

namespace edgespan::client_events {

// All of them after a successful KafkaTracing::init(). None blocks or allocates.

// In on_new: a producer was made of `conf`. Before any message of it is sent.
void producer_made(KafkaTracing& kafka, const rd_kafka_t* producer, const rd_kafka_conf_t* conf) noexcept;

// In on_send: begins the span of a message and gives the message its header.
void message_sent(KafkaTracing& kafka, rd_kafka_t* producer, rd_kafka_message_t* message) noexcept;

// In on_response_received, with its arguments of these names: the messages that the response delivers end at
// one time, for which the clock is read once. Without it the clock is read for each of them.
void response_received(KafkaTracing& kafka, std::int16_t api_key, rd_kafka_resp_err_t error) noexcept;

// In on_acknowledgement: ends the span of a message, if it has one.
void message_ended(KafkaTracing& kafka, const rd_kafka_t* producer, rd_kafka_message_t* message) noexcept;

// In on_consume: records a span for a record and puts its context into the record. Returns that context,
// which is not valid() if there is no such span.
Context message_consumed(KafkaTracing& kafka, const rd_kafka_t* consumer,
                         rd_kafka_message_t* message) noexcept;

// In on_destroy: ends the spans of what the producer still holds.
void producer_ended(KafkaTracing& kafka, const rd_kafka_t* producer) noexcept;

}  // namespace edgespan::client_events
