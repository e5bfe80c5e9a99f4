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
  std::uint32_t ring_bytes = 16'384;  // finished spans that wait; a multiple of ring_chunk_bytes
  std::uint32_t batch_bytes = 8'192;  // the batch that is being sent; at least one span of the largest size
  std::uint32_t spans_open_max = 16;  // spans that the application has started and not finished
  std::uint32_t inflight_max = 256;   // produced messages that wait for their end; a multiple of 8
  std::uint32_t poll_records_max = 500;  // records that one poll returns
  std::uint32_t poll_topics_max = 8;     // topics of one poll whose records may share a root span
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
  bytes += limits.ring_bytes;                                         // encoded spans
  bytes += limits.ring_bytes / ring_chunk_bytes * sizeof(RingChunk);  // which stripe a chunk belongs to
  bytes += limits.batch_bytes;                                        // bytes offered to the sender
  bytes += limits.spans_open_max * sizeof(SpanSlot);                  // ids, times and texts while open
  bytes += limits.inflight_max / inflight_bucket_size *
           sizeof(InflightBucket);                          // ids and start until acknowledged
  bytes += limits.poll_records_max * sizeof(PolledRecord);  // the records of a poll
  bytes += limits.poll_topics_max * sizeof(PolledTopic);    // the shared roots of a poll
  return bytes;
}

// Relations that init would refuse, said by the compiler instead.
constexpr bool limits_valid(const Limits& limits) noexcept {
  return limits.ring_bytes % ring_chunk_bytes == 0 && limits.ring_bytes >= 2 * ring_chunk_bytes &&
         limits.ring_bytes / ring_chunk_bytes <= ring_chunks_max && limits.batch_bytes >= span_bytes_max &&
         limits.spans_open_max > 0 && limits.inflight_max > 0 &&
         limits.inflight_max % inflight_bucket_size == 0 && limits.poll_records_max > 0 &&
         limits.poll_topics_max > 0;
}

// What Tracing and Reporter use of a memory; kept by them, owned by the caller.
struct TracingMemory {
  std::span<std::byte> ring;
  std::span<RingChunk> chunks;
  std::span<std::byte> batch;
  std::span<SpanSlot> spans;
};

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
  static_assert(L.ring_bytes % ring_chunk_bytes == 0, "ring_bytes must be a multiple of ring_chunk_bytes");
  static_assert(L.ring_bytes >= 2 * ring_chunk_bytes, "ring_bytes must hold two chunks or more");
  static_assert(L.ring_bytes / ring_chunk_bytes <= ring_chunks_max,
                "ring_bytes: more chunks than the ring can number");
  static_assert(L.batch_bytes >= span_bytes_max, "batch_bytes must hold one span of the largest size");
  static_assert(L.inflight_max % inflight_bucket_size == 0, "inflight_max must be a multiple of 8");
  static_assert(limits_valid(L), "every limit must be at least 1");

  alignas(8) std::array<std::byte, L.ring_bytes> ring;
  std::array<RingChunk, L.ring_bytes / ring_chunk_bytes> chunks;
  std::array<std::byte, L.batch_bytes> batch;
  std::array<SpanSlot, L.spans_open_max> spans;
  std::array<InflightBucket, L.inflight_max / inflight_bucket_size> inflight;
  ConsumerStore<L> consumer;

  operator TracingMemory() noexcept { return {ring, chunks, batch, spans}; }
};

}  // namespace edgespan
