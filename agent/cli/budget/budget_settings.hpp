// SPDX-License-Identifier: Apache-2.0
// The limits of a plan by name, for all forms that print them.
#pragma once

#include "cli/budget/budget_plan.hpp"

namespace edgespan::cli {

// Calls fn(name, value) for every member, in the order of declaration, which designated initialisers need.
template <typename Fn>
void each_limit(const Limits& l, Fn fn) {
  fn("ring_bytes", l.ring_bytes);
  fn("batch_bytes", l.batch_bytes);
  fn("spans_open_max", l.spans_open_max);
}

template <typename Fn>
void each_limit(const KafkaLimits& l, Fn fn) {
  fn("inflight_max", l.inflight_max);
  fn("poll_records_max", l.poll_records_max);
  fn("poll_topics_max", l.poll_topics_max);
}

template <typename Fn>
void each_limit(const ProducerLimits& l, Fn fn) {
  fn("queue_messages_max", l.queue_messages_max);
  fn("queue_payload_kbytes", l.queue_payload_kbytes);
  fn("message_bytes_max", l.message_bytes_max);
  fn("batch_bytes", l.batch_bytes);
  fn("copy_bytes_max", l.copy_bytes_max);
  fn("requests_max", l.requests_max);
  fn("receive_bytes_max", l.receive_bytes_max);
  fn("reconnect_ms_max", l.reconnect_ms_max);
}

template <typename Fn>
void each_limit(const ConsumerLimits& l, Fn fn) {
  fn("prefetch_messages", l.prefetch_messages);
  fn("prefetch_kbytes", l.prefetch_kbytes);
  fn("fetch_partition_bytes", l.fetch_partition_bytes);
  fn("fetch_bytes", l.fetch_bytes);
  fn("batch_bytes_max", l.batch_bytes_max);
  fn("reconnect_ms_max", l.reconnect_ms_max);
  fn("fetch_pause_ms", l.fetch_pause_ms);
}

// What constrain() sets in a fresh configuration: name=value, in librdkafka's words.
std::vector<std::string> kafka_settings(const ProducerLimits& limits);
std::vector<std::string> kafka_settings(const ConsumerLimits& limits);

}  // namespace edgespan::cli
