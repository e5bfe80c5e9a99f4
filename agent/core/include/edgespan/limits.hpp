// SPDX-License-Identifier: Apache-2.0
// The numbers that bound the agent's memory, and the memory that follows from them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <edgespan/ring_chunk.hpp>
#include <edgespan/span_slot.hpp>

namespace edgespan {

// Each member bounds exactly one array of Memory.
struct Limits {
  std::uint32_t ring_bytes =
      14'336;  // finished spans that wait; a multiple of ring_chunk_bytes, up to 64 MiB
  std::uint32_t batch_bytes = 8'192;  // the batch that is being sent; at least one span of the largest size
  std::uint32_t spans_open_max = 16;  // spans that the application has started and not finished; up to 65,535

  friend constexpr bool operator==(const Limits&, const Limits&) noexcept = default;
};

// The least that is of use.
inline constexpr Limits tiny_limits{.ring_bytes = 4'096, .batch_bytes = 2'048, .spans_open_max = 4};

// sizeof(Memory<limits>): one term and one reason a line.
constexpr std::size_t memory_bytes(const Limits& limits) noexcept {
  std::size_t bytes = 0;
  bytes += limits.spans_open_max * sizeof(SpanSlot);                  // ids, times and texts of open spans
  bytes += limits.ring_bytes;                                         // encoded spans
  bytes += limits.ring_bytes / ring_chunk_bytes * sizeof(RingChunk);  // which stripe a chunk belongs to
  bytes += limits.batch_bytes;                                        // bytes offered to the sender
  bytes += (slot_align - bytes % slot_align) % slot_align;            // up to a whole cache line
  return bytes;
}

// `value`, moved to the nearest number of whole units from one to `units_max`.
constexpr std::uint32_t nearest_limit(std::uint32_t value, std::uint32_t unit,
                                      std::uint32_t units_max) noexcept {
  const std::uint32_t units = value / unit + (value % unit != 0 ? 1 : 0);
  return (units < 1 ? 1 : units > units_max ? units_max : units) * unit;
}

// The nearest limits that work.
constexpr Limits nearest_limits(Limits limits) noexcept {
  limits.ring_bytes = nearest_limit(limits.ring_bytes, ring_chunk_bytes, ring_chunks_max);
  if (limits.batch_bytes < span_bytes_max) limits.batch_bytes = span_bytes_max;
  limits.spans_open_max = nearest_limit(limits.spans_open_max, 1, spans_open_most);
  return limits;
}

constexpr bool limits_valid(const Limits& limits) noexcept { return nearest_limits(limits) == limits; }

// For assertions about one limit. Where it does not hold, the compiler prints both numbers: the one that was
// given and the one that would do.
template <std::uint32_t given, std::uint32_t would_do>
concept limit_holds = given == would_do;

}  // namespace edgespan
