// SPDX-License-Identifier: Apache-2.0
// Where an open span is kept. The agent writes these; they are public so that Memory can hold an array of
// them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <edgespan/atomic.hpp>
#include <edgespan/context.hpp>

namespace edgespan {

inline constexpr std::uint32_t spans_open_most = 65'535;  // a slot's number has 16 bits

// The part of a span that the application fills: name, remote endpoint, annotations and tags, encoded.
inline constexpr std::uint32_t span_text_bytes = 384;

// A slot fills whole cache lines, so that threads that each have a span open do not write to one line. A
// build without threads saves the room.
#ifdef EDGESPAN_NO_THREADS
inline constexpr std::size_t slot_align = 8;
#else
inline constexpr std::size_t slot_align = 64;
#endif

struct alignas(slot_align) SpanSlot {
  detail::Atomic<std::uint32_t> state;  // generation and phase
  detail::Atomic<std::uint32_t> start;  // start_us / 65,536, for the sweep
  detail::Guarded<std::uint8_t> kind;
  std::uint8_t flags;
  Decision decision;
  std::uint16_t name_bytes;    // at the end of `text`
  std::uint16_t remote_bytes;  // the next three: from its front, in the order of the wire format
  std::uint16_t annotation_bytes;
  std::uint16_t tag_bytes;
  detail::Atomic<std::uint32_t> inside;  // 1: the owner changes the span at this moment, or has ended it
  std::uint64_t trace_hi, trace_lo, span_id, parent_id;
  detail::Guarded<std::uint64_t> start_us;  // monotonic
  std::array<std::byte, span_text_bytes> text;
};
static_assert(sizeof(SpanSlot) == 448);

}  // namespace edgespan
