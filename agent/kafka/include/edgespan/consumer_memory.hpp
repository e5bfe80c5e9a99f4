// SPDX-License-Identifier: Apache-2.0
// What one consumer keeps of the poll that it is at. The agent writes the elements; they are public so that
// ConsumerStore can hold arrays of them.
#pragma once

#include <cstdint>
#include <edgespan/context.hpp>
#include <span>

namespace edgespan {

// A record of the poll, and the context of its poll span.
struct PolledRecord {
  // Its address; in the three lowest bits, which a heap leaves free, the decision and came_with_traceparent.
  std::uintptr_t message;
  std::uint64_t trace_hi, trace_lo, span_id;  // span_id 0: the record has no poll span
};

// A topic of the poll whose records share a root span.
struct PolledTopic {
  const void* first;  // the first of these records
  std::uint64_t trace_hi, trace_lo, span_id, parent_id;
  Decision decision;
  std::uint8_t w3c;
  std::uint32_t records;  // how many share it
};

// Owned by the caller. `records` bounds what one poll returns; a poll of more topics than `topics` holds
// gives the records of the others a root each.
struct ConsumerMemory {
  std::span<PolledRecord> records;
  std::span<PolledTopic> topics;
};

}  // namespace edgespan
