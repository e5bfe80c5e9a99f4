// SPDX-License-Identifier: Apache-2.0
// The way to otel_span.hpp: a table, so that who does not ask for that spelling does not link it.
#pragma once

#include <atomic>

#include "kafka/otel_span.hpp"

namespace edgespan::kafka_detail {

struct OtelFunctions {
  decltype(&put_otel_send) put_send;
  decltype(&put_otel_poll) put_poll;
  decltype(&fill_otel) fill;
  decltype(&group_of) group;
};

// Null: link_otel_semantics() was not called.
extern constinit std::atomic<const OtelFunctions*> otel_functions;

// With Semantics::otel, which KafkaTracing::init() takes only if there are some.
inline const OtelFunctions& otel_calls() noexcept { return *otel_functions.load(std::memory_order_relaxed); }

}  // namespace edgespan::kafka_detail
