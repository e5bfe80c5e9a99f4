// SPDX-License-Identifier: Apache-2.0
// The budget: what the agent may hold, and the memory that follows from it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <edgespan/storage.hpp>
#include <span>

namespace edgespan {

// Each member bounds exactly one array.
struct Limits {
  std::uint32_t ring_bytes =
      14'336;  // finished spans that wait; a multiple of ring_chunk_bytes, up to 64 MiB
  std::uint32_t batch_bytes = 8'192;  // the batch that is being sent; at least one span of the largest size
  std::uint32_t spans_open_max = 16;  // spans that the application has started and not finished; up to 65,535
  // Produced messages that wait for their end; a multiple of 8. Each may take 16 of these slots, so that a
  // few find none shortly before all are taken (Books::inflight_full).
  std::uint32_t inflight_max = 256;
  std::uint32_t poll_records_max = 500;  // records that one poll returns
  std::uint32_t poll_topics_max = 8;     // topics of one poll whose records may share a root span

  friend constexpr bool operator==(const Limits&, const Limits&) noexcept = default;
};

// Working tracing in as little as it takes.
inline constexpr Limits tiny_limits{.ring_bytes = 4'096,
                                    .batch_bytes = 2'048,
                                    .spans_open_max = 4,
                                    .inflight_max = 32,
                                    .poll_records_max = 32,
                                    .poll_topics_max = 2};

// The sum, one term and one reason a line.
constexpr std::size_t memory_bytes(const Limits& limits) noexcept {
  std::size_t bytes = 0;
  bytes += limits.spans_open_max * sizeof(SpanSlot);                  // ids, times and texts while open
  bytes += limits.ring_bytes;                                         // encoded spans
  bytes += limits.ring_bytes / ring_chunk_bytes * sizeof(RingChunk);  // which stripe a chunk belongs to
  bytes += limits.inflight_max / inflight_bucket_size *
           sizeof(InflightBucket);                          // ids and start until acknowledged
  bytes += limits.poll_records_max * sizeof(PolledRecord);  // the records of a poll
  bytes += limits.poll_topics_max * sizeof(PolledTopic);    // the shared roots of a poll
  bytes += limits.batch_bytes;                              // bytes offered to the sender
  bytes += (slot_align - bytes % slot_align) % slot_align;  // up to a line of the cache
  return bytes;
}

// The nearest budget that works: every limit that cannot be is moved to the number that would do.
constexpr Limits nearest_limits(Limits limits) noexcept {
  const auto whole = [](std::uint32_t value, std::uint32_t unit, std::uint32_t units_max) {
    const std::uint32_t units = value / unit + (value % unit != 0 ? 1 : 0);
    return (units < 1 ? 1 : units > units_max ? units_max : units) * unit;
  };
  limits.ring_bytes = whole(limits.ring_bytes, ring_chunk_bytes, ring_chunks_max);
  if (limits.batch_bytes < span_bytes_max) limits.batch_bytes = span_bytes_max;
  limits.spans_open_max = whole(limits.spans_open_max, 1, spans_open_most);
  limits.inflight_max = whole(limits.inflight_max, inflight_bucket_size, UINT32_MAX / inflight_bucket_size);
  limits.poll_records_max = whole(limits.poll_records_max, 1, UINT32_MAX);
  limits.poll_topics_max = whole(limits.poll_topics_max, 1, UINT32_MAX);
  return limits;
}

constexpr bool limits_valid(const Limits& limits) noexcept { return nearest_limits(limits) == limits; }

// One limit of a budget. Where it does not hold, the compiler prints both numbers: the one that was given and
// the one that would do.
template <std::uint32_t given, std::uint32_t would_do>
concept limit_holds = given == would_do;

// What Tracing and Reporter use of a memory; kept by them, owned by the caller.
struct TracingMemory {
  std::span<std::byte> ring;
  std::span<RingChunk> chunks;
  std::span<std::byte> batch;
  std::span<SpanSlot> spans;
};

// Why a Tracing refuses a memory: the first array that is no good, its elements, and how many would do.
struct Shortfall {
  const char* array = nullptr;  // of TracingMemory; null: nothing is wrong
  std::size_t given = 0;
  std::size_t would_do = 0;
};
constexpr Shortfall shortfall(const TracingMemory& memory) noexcept {
  constexpr std::size_t ring_most = std::size_t{ring_chunk_bytes} * ring_chunks_max;
  const std::size_t ring = memory.ring.size();
  const std::size_t chunks = ring / ring_chunk_bytes;
  if (chunks == 0) return {"ring", ring, ring_chunk_bytes};
  if (ring > ring_most) return {"ring", ring, ring_most};
  if (ring % ring_chunk_bytes != 0) return {"ring", ring, chunks * ring_chunk_bytes};
  if (memory.chunks.size() != chunks) return {"chunks", memory.chunks.size(), chunks};
  if (memory.batch.size() < span_bytes_max) return {"batch", memory.batch.size(), span_bytes_max};
  if (memory.spans.empty()) return {"spans", 0, 1};
  if (memory.spans.size() > spans_open_most) return {"spans", memory.spans.size(), spans_open_most};
  return {};
}

// What one consumer uses.
struct ConsumerMemory {
  std::span<PolledRecord> records;
  std::span<PolledTopic> topics;
};

template <Limits L = Limits{}>
struct ConsumerStore {
  std::array<PolledRecord, L.poll_records_max> records;
  std::array<PolledTopic, L.poll_topics_max> topics;
  operator ConsumerMemory() noexcept { return {records, topics}; }
};

// All memory of the agent, for static storage: it is zero before start-up, so it costs nothing in the image.
// A further consumer in the same process takes a ConsumerStore of its own.
template <Limits L = Limits{}>
struct Memory {
  static constexpr Limits nearest = nearest_limits(L);
  static_assert(limit_holds<L.ring_bytes, nearest.ring_bytes>,
                "ring_bytes must be a multiple of ring_chunk_bytes, 1 KiB to 64 MiB");
  static_assert(limit_holds<L.batch_bytes, nearest.batch_bytes>,
                "batch_bytes must hold a span of the largest size");
  static_assert(limit_holds<L.spans_open_max, nearest.spans_open_max>, "spans_open_max must be 1 to 65,535");
  static_assert(limit_holds<L.inflight_max, nearest.inflight_max>,
                "inflight_max must be a multiple of 8, not 0");
  static_assert(limit_holds<L.poll_records_max, nearest.poll_records_max>, "poll_records_max must not be 0");
  static_assert(limit_holds<L.poll_topics_max, nearest.poll_topics_max>, "poll_topics_max must not be 0");

  // By falling alignment, so that nothing lies between them.
  std::array<SpanSlot, L.spans_open_max> spans;
  alignas(8) std::array<std::byte, L.ring_bytes> ring;
  std::array<InflightBucket, L.inflight_max / inflight_bucket_size> inflight;
  ConsumerStore<L> consumer;
  std::array<RingChunk, L.ring_bytes / ring_chunk_bytes> chunks;
  std::array<std::byte, L.batch_bytes> batch;

  operator TracingMemory() noexcept { return {ring, chunks, batch, spans}; }
};

}  // namespace edgespan
