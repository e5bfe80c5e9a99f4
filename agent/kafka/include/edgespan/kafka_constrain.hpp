// SPDX-License-Identifier: Apache-2.0
// librdkafka inside a budget. With its own defaults one producer whose broker is away holds 100,000 messages,
// and one slow consumer 64 MiB. ProducerLimits and ConsumerLimits bound both; constrain() turns them into
// librdkafka's settings, and rdkafka_memory.hpp says what memory they come to.
//
//   const auto report = edgespan::constrain(conf, edgespan::ProducerLimits{});
//   for (const auto& line : report) std::printf("%s=%s\n", line.property, line.in_force);
#pragma once

#include <librdkafka/rdkafka.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <edgespan/consumer_limits.hpp>
#include <edgespan/producer_limits.hpp>

namespace edgespan {

// What became of one setting.
enum class ConstraintOutcome : std::uint8_t {
  set,      // to the limit, or as near to it as settings of the application's own allow
  kept,     // the application's own
  unknown,  // to this librdkafka; nothing to bound, or no way to
  refused,  // librdkafka does not take the value: it is out of the setting's range
};

struct Constraint {
  const char* property = nullptr;  // librdkafka's name of it
  ConstraintOutcome outcome = ConstraintOutcome::unknown;
  char before[16] = "";    // librdkafka's default, or what the application set; both cut at 15 characters
  char in_force[16] = "";  // from now on
};

inline constexpr std::size_t constraints_max = 9;

struct ConstrainReport {
  std::array<Constraint, constraints_max> lines{};
  std::size_t count = 0;

  const Constraint* begin() const noexcept { return lines.data(); }
  const Constraint* end() const noexcept { return lines.data() + count; }
  bool ok() const noexcept;  // nothing was refused
};

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
