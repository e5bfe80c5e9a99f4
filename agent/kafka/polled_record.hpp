// SPDX-License-Identifier: Apache-2.0
// How a PolledRecord keeps a message's address and a context together.
#pragma once

#include <librdkafka/rdkafka.h>

#include <edgespan/consumer_memory.hpp>

#include "core/assert.hpp"

namespace edgespan::kafka_detail {

inline constexpr std::uintptr_t decision_bits = 3;
inline constexpr unsigned w3c_shift = 2;  // of came_with_traceparent, behind the decision
inline constexpr std::uintptr_t context_bits = decision_bits | came_with_traceparent << w3c_shift;
static_assert(context_bits == 7);

// An address from a heap is a multiple of 8 or more.
inline PolledRecord pack(rd_kafka_message_t* message, const Context& context) noexcept {
  const auto address = reinterpret_cast<std::uintptr_t>(message);
  EDGESPAN_ASSERT(address != 0 && (address & context_bits) == 0);
  const unsigned bits =
      static_cast<unsigned>(context.decision) | (context.w3c & unsigned{came_with_traceparent}) << w3c_shift;
  return {address | bits, context.trace_hi, context.trace_lo, context.span_id};
}

inline rd_kafka_message_t* message_of(const PolledRecord& record) noexcept {
  EDGESPAN_ASSERT(detail::few_assertions || (record.message & ~context_bits) != 0);
  // NOLINTNEXTLINE(performance-no-int-to-ptr): pack() keeps these in the lowest bits of the address
  return reinterpret_cast<rd_kafka_message_t*>(record.message & ~context_bits);
}

inline Context context_of(const PolledRecord& record) noexcept {
  return {record.trace_hi,
          record.trace_lo,
          record.span_id,
          0,
          static_cast<Decision>(record.message & decision_bits),
          static_cast<std::uint8_t>(record.message >> w3c_shift & came_with_traceparent)};
}

}  // namespace edgespan::kafka_detail
