// SPDX-License-Identifier: Apache-2.0
// The agent's memory as one object.
#pragma once

#include <array>
#include <cstddef>
#include <edgespan/limits.hpp>
#include <edgespan/tracing_memory.hpp>

namespace edgespan {

// All memory of tracing and reporter, for static storage: it is zero before start-up, so it costs nothing in
// the image. memory_bytes(L) is its size.
template <Limits L = Limits{}>
struct Memory {
  // NOLINTNEXTLINE(bugprone-dynamic-static-initializers): it is constexpr
  static constexpr Limits nearest = nearest_limits(L);
  static_assert(limit_holds<L.ring_bytes, nearest.ring_bytes>,
                "ring_bytes must be a multiple of ring_chunk_bytes, 1 KiB to 64 MiB");
  static_assert(limit_holds<L.batch_bytes, nearest.batch_bytes>,
                "batch_bytes must hold a span of the largest size");
  static_assert(limit_holds<L.spans_open_max, nearest.spans_open_max>, "spans_open_max must be 1 to 65,535");

  // By falling alignment, so that there is no padding between them.
  std::array<SpanSlot, L.spans_open_max> spans;
  alignas(8) std::array<std::byte, L.ring_bytes> ring;
  std::array<RingChunk, L.ring_bytes / ring_chunk_bytes> chunks;
  std::array<std::byte, L.batch_bytes> batch;

  operator TracingMemory() noexcept { return {ring, chunks, batch, spans}; }
};

}  // namespace edgespan
