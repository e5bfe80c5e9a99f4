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

// Sets what bounds the memory of a client made from `conf`, and leaves alone what the application has set
// itself: that is, whatever differs from librdkafka's default. (librdkafka tells nobody whether a setting was
// made, so a default that was set on purpose counts as not set: call constrain() first, and set such values
// after it.) Where one of the application's settings rules out a limit, the limit gives way: what
// rd_kafka_new() took before it takes after.
//
// Changes what a producer accepts: a payload beyond message_bytes_max fails as too large, and with
// queue_messages_max messages unreported the next fails with RD_KAFKA_RESP_ERR__QUEUE_FULL. Changes no
// timeout, no order, no acks.
//
// Not bounded by any setting: what a compressed batch grows to, keys and headers of queued messages, the
// number of fetched records that are shorter than fetched_record_bytes_min. Before rd_kafka_new(); any
// thread.
ConstrainReport constrain(rd_kafka_conf_t* conf, const ProducerLimits& limits) noexcept;
ConstrainReport constrain(rd_kafka_conf_t* conf, const ConsumerLimits& limits) noexcept;

}  // namespace edgespan
