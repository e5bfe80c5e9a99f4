// SPDX-License-Identifier: Apache-2.0
// The subject with Kafka tracing on top.
#pragma once

#include <edgespan/kafka.hpp>

#include "cost/client.hpp"
#include "cost/subject.hpp"
#include "kafka/interceptors.hpp"
#include "kafka/response_time.hpp"

namespace edgespan::cost {

inline constexpr KafkaLimits kafka_limits{
    .inflight_max = 64, .poll_records_max = client::messages, .poll_topics_max = 4};

struct KafkaSubject : Subject {
  explicit KafkaSubject(const TracingConfig& config = {.local = bench::local}) noexcept : Subject{config} {
    must(kafka.init(tracing, kafka_memory.inflight) == Status::ok, "KafkaTracing::init");
  }
  kafka_detail::KafkaState& state() noexcept { return kafka_detail::state_of(kafka); }

  static inline KafkaMemory<kafka_limits> kafka_memory;
  KafkaTracing kafka;
};

}  // namespace edgespan::cost
