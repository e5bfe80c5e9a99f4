// SPDX-License-Identifier: Apache-2.0
// The arrays that a Tracing works with, and what is wrong with them if it refuses them.
#pragma once

#include <cstddef>
#include <edgespan/limits.hpp>
#include <span>

namespace edgespan {

// What Tracing and Reporter use of a memory; kept by them, owned by the caller. The ring begins at a multiple
// of ring_align, the others where their types may lie.
struct TracingMemory {
  std::span<std::byte> ring;
  std::span<RingChunk> chunks;
  std::span<std::byte> batch;
  std::span<SpanSlot> spans;
};

inline constexpr std::size_t ring_align = alignof(std::uint32_t);

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

}  // namespace edgespan
