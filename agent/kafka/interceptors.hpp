// SPDX-License-Identifier: Apache-2.0
// What librdkafka calls in a traced client. A producer's messages have their spans by whatever call they are
// produced and in whatever style their delivery reports are read, and a consumer's records by whatever call
// they are consumed. agent/DESIGN.md says why this way was chosen.
#pragma once

#include <librdkafka/rdkafka.h>

#include <cstdint>

#include "kafka/kafka_state.hpp"

namespace edgespan::kafka_detail {

// Adds the interceptors to a configuration; copies of the configuration get them, too. `state` outlives every
// client that is made of one of them. RD_KAFKA_RESP_ERR__CONFLICT: the configuration is traced already.
rd_kafka_resp_err_t add_interceptors(rd_kafka_conf_t* conf, KafkaState& state) noexcept;

// Keeps what the configuration of a producer says about its messages' size and time. In on_new.
void note_producer(KafkaState& state, const rd_kafka_t* rk, const rd_kafka_conf_t* conf) noexcept;

// Begins the span of a message and gives the message its header. In on_send: the application's thread, inside
// its produce call. Whatever span stood under the message's address belongs to a message that is gone: it
// ends, whether this one is traced or not.
void message_sent(KafkaState& state, rd_kafka_t* rk, rd_kafka_message_t* message) noexcept;

// Ends the span of a message, if it has one. In on_acknowledgement: any thread of librdkafka's or of the
// application's.
void message_ended(KafkaState& state, const rd_kafka_t* rk, rd_kafka_message_t* message) noexcept;

// Traces a record that is consumed, unless a TracingConsumer of this thread does. In on_consume: the
// application's thread, before it gets the record. Returns the context of its span; not valid() without one.
Context message_consumed(KafkaState& state, const rd_kafka_t* rk, rd_kafka_message_t* message) noexcept;

}  // namespace edgespan::kafka_detail
