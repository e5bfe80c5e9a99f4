// SPDX-License-Identifier: Apache-2.0
// librdkafka inside a budget. With its own defaults one producer whose broker is away holds 100,000 messages,
// and one slow consumer 64 MiB. ProducerLimits and ConsumerLimits bound both; constrain() turns them into
// librdkafka's settings, and rdkafka_memory.hpp says what memory they come to.
//
//   const auto report = edgespan::constrain(conf, edgespan::ProducerLimits{});
//   for (const auto& line : report) std::printf("%s=%s\n", line.property, line.in_force);
#pragma once

#include <librdkafka/rdkafka.h>

#include <edgespan/constrain_report.hpp>
#include <edgespan/consumer_limits.hpp>
#include <edgespan/producer_limits.hpp>

namespace edgespan {

// Bounds the memory of a client that is made from `conf`. Call it before rd_kafka_new(); any thread.
//
// A setting that differs from librdkafka's default is the application's own and stays. librdkafka does not
// tell whether a setting was made, so a default that was set on purpose counts as not set: call constrain()
// first and set such values after it. A limit that contradicts one of the application's settings gives way,
// so that rd_kafka_new() takes the configuration if it took it before.
//
// A constrained producer accepts less: a payload of more than message_bytes_max bytes fails as too large, and
// the next message after queue_messages_max messages in flight fails with RD_KAFKA_RESP_ERR__QUEUE_FULL. No
// timeout, no order and no `acks` changes.
//
// No setting bounds these: the size of a batch after decompression, keys and headers of queued messages, and
// the number of fetched records of less than 66 bytes.
ConstrainReport constrain(rd_kafka_conf_t* conf, const ProducerLimits& limits) noexcept;
ConstrainReport constrain(rd_kafka_conf_t* conf, const ConsumerLimits& limits) noexcept;

}  // namespace edgespan
