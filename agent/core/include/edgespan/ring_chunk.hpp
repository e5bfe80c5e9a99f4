// SPDX-License-Identifier: Apache-2.0
// What the ring of finished spans is divided into. The agent writes these; they are public so that Memory can
// hold arrays of them.
#pragma once

#include <cstdint>
#include <edgespan/atomic.hpp>

namespace edgespan {

inline constexpr std::uint32_t ring_chunk_bytes = 1'024;
inline constexpr std::uint32_t ring_chunks_max = 65'536;  // 64 MiB: a day at two spans a second, and more

// The largest span, with its list frame: every part at its largest, rounded up to the ring's unit of 8 bytes.
// Each module checks at compile time that no span of its own is larger.
inline constexpr std::uint32_t span_bytes_max = 632;
static_assert(span_bytes_max + 8 <= ring_chunk_bytes, "a chunk holds whole spans only");

// The state of one chunk, which lies apart from its bytes. A producer takes the chunk and writes the first
// two members before anybody else can see it; the others belong to the consumer.
struct RingChunk {
  // Where its stripe was before it took this chunk; or that the chunk is free.
  detail::Atomic<std::uint32_t> before;
  detail::Atomic<std::uint32_t> order;  // how many chunks were taken before it, modulo 2^32
  std::uint32_t next;                   // the chunk that its stripe took next
  detail::Guarded<std::uint16_t> end;   // words that were claimed when the stripe moved on
  std::uint16_t hole;  // the first word of the first claim that was passed over; chunk_words: none
};

}  // namespace edgespan
