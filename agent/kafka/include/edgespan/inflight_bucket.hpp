// SPDX-License-Identifier: Apache-2.0
// Where messages in flight are kept. The agent writes these; they are public so that KafkaMemory can hold an
// array of them.
#pragma once

#include <array>
#include <cstdint>
#include <edgespan/atomic.hpp>
#include <edgespan/context.hpp>

namespace edgespan {

// One message in flight, found by the address that librdkafka gives it.
struct InflightSlot {
  // The address; 0: free; 1: somebody copies the span in or out; the address + 1: a sweep asks about it.
  detail::Atomic<std::uintptr_t> key;
  detail::Atomic<std::uint32_t> start;   // monotonic, / 65,536 us; read without the slot's key, by sweeps
  detail::Atomic<std::uint32_t> client;  // the number of the client that sends the message; the same
  detail::Guarded<std::uint32_t> start_rest;  // the start's lower 16 bits in us, and its upper 16
  detail::Atomic<std::uint16_t> strays;       // messages whose own slot is this one and that stand in another
  Decision decision;
  std::uint64_t trace_hi, trace_lo, span_id, parent_id;
};

inline constexpr std::uint32_t inflight_bucket_size = 8;
struct InflightBucket {
  std::array<InflightSlot, inflight_bucket_size> slots;
};
static_assert(sizeof(InflightBucket) == 56 * inflight_bucket_size, "a message in flight costs 56 bytes");

}  // namespace edgespan
