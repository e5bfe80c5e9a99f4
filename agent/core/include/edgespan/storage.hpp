// SPDX-License-Identifier: Apache-2.0
// The elements that the agent's arrays are made of. Their insides belong to the agent; they are public so
// that a budget can be summed up at compile time and arrays of them can stand in .bss.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <edgespan/context.hpp>

namespace edgespan {

// A chunk holds whole spans only, so it bounds the largest one.
inline constexpr std::uint32_t ring_chunk_bytes = 1'024;
inline constexpr std::uint32_t ring_chunks_max = 65'536;  // 64 MiB: a day at two spans a second, and more

inline constexpr std::uint32_t spans_open_most = 65'535;  // slots of open spans have numbers of 16 bits

// The part of a span that the application fills: name, remote endpoint, annotations and tags, encoded.
inline constexpr std::uint32_t span_text_bytes = 384;

// A whole span with its list frame, every part at its largest: what the encoder counts in
// kafka/largest_span.cpp, in the ring's unit of 8 bytes. Another number does not compile.
inline constexpr std::uint32_t span_bytes_max = 632;
static_assert(span_bytes_max + 8 <= ring_chunk_bytes);

// One chunk of the ring. A producer takes it and writes the first two members before anybody else can see it;
// the others belong to the consumer.
struct RingChunk {
  std::atomic<std::uint32_t>
      before;  // where its stripe was before it took this chunk; or that the chunk is free
  std::atomic<std::uint32_t> order;  // how many chunks were taken before it, modulo 2^32
  std::uint32_t next;                // the chunk that its stripe took next
  std::uint16_t end;                 // words that were claimed when the stripe moved on
  std::uint16_t hole;  // the first word of the first claim that was passed over; chunk_words: none
};

// A slot fills whole lines of a cache, which it shares with no other: threads that each have a span open do
// not meet. Without threads nobody is there to be met.
#ifdef EDGESPAN_NO_THREADS
inline constexpr std::size_t slot_align = 8;
#else
inline constexpr std::size_t slot_align = 64;
#endif
struct alignas(slot_align) SpanSlot {
  std::atomic<std::uint32_t> state;  // generation and phase
  std::atomic<std::uint32_t> start;  // start_us / 65,536, for the sweep
  std::uint8_t kind;
  std::uint8_t flags;
  Decision decision;
  std::uint16_t name_bytes;    // at the end of `text`
  std::uint16_t remote_bytes;  // the next three: from its front, in the order of the wire format
  std::uint16_t annotation_bytes;
  std::uint16_t tag_bytes;
  std::uint64_t trace_hi, trace_lo, span_id, parent_id;
  std::uint64_t start_us;  // monotonic
  std::array<std::byte, span_text_bytes> text;
};
static_assert(sizeof(SpanSlot) == 448);

// Messages on their way, found by the address that librdkafka gives them.
struct InflightSpan {
  Context context;         // sampled
  std::uint64_t start_us;  // monotonic
};
struct InflightSlot {
  std::atomic<std::uintptr_t> key;
  std::atomic<std::uint32_t> start_s;  // seconds, for the sweep
  std::atomic<std::uint16_t> strays;   // messages that belong here and stand in another slot
  Decision decision;
  std::uint64_t trace_hi, trace_lo, span_id, parent_id;
  std::uint64_t start_us;
};
inline constexpr std::uint32_t inflight_bucket_size = 8;
struct InflightBucket {
  std::array<InflightSlot, inflight_bucket_size> slots;
};
static_assert(sizeof(InflightBucket) <= 64 * inflight_bucket_size,
              "a message in flight costs at most 64 bytes");

struct PolledRecord {
  std::uintptr_t
      message;  // with the decision in its two lowest bits, which an address from a heap leaves free
  std::uint64_t trace_hi, trace_lo, span_id;  // of the poll span; span_id 0: none
};
struct PolledTopic {
  const void* topic;  // librdkafka's handle
  Context context;
};

}  // namespace edgespan
