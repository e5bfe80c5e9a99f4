// SPDX-License-Identifier: Apache-2.0
// How a PolledRecord keeps a message's address and a context together.
#pragma once

#include <librdkafka/rdkafka.h>

#include <edgespan/consumer_memory.hpp>

#include "core/assert.hpp"

namespace edgespan::kafka_detail {

inline constexpr std::uintptr_t decision_bits = 3;

// An address from a heap is a multiple of 8 or more.
inline PolledRecord pack(rd_kafka_message_t* message, const Context& context) noexcept {
  const auto address = reinterpret_cast<std::uintptr_t>(message);
  EDGESPAN_ASSERT(address != 0 && (address & decision_bits) == 0);
  return {address | static_cast<std::uintptr_t>(context.decision), context.trace_hi, context.trace_lo,
          context.span_id};
}

inline rd_kafka_message_t* message_of(const PolledRecord& record) noexcept {
  EDGESPAN_ASSERT((record.message & ~decision_bits) != 0);
  // NOLINTNEXTLINE(performance-no-int-to-ptr): pack() keeps the decision in the lowest bits of the address
  return reinterpret_cast<rd_kafka_message_t*>(record.message & ~decision_bits);
}

inline Context context_of(const PolledRecord& record) noexcept {
  return {record.trace_hi, record.trace_lo, record.span_id, 0,
          static_cast<Decision>(record.message & decision_bits)};
}

}  // namespace edgespan::kafka_detail
