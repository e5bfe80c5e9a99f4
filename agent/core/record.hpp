// SPDX-License-Identifier: Apache-2.0
// The way of a finished span into the ring, in line with what finished it: encoded where it will lie, its
// parts never laid out in memory before.
#pragma once

#include <edgespan/inline.hpp>

#include "core/encode_impl.hpp"
#include "core/state.hpp"

namespace edgespan::core {

// For a claim that the ring refused: makes room if that is wanted and can be had at once. Null: the span is
// dropped, and counted.
std::byte* claim_or_drop(TracingState& state, std::uint32_t stripe, std::uint32_t size) noexcept;

// Wakes the reporter when half the ring is taken: once, until spans have left.
void wake_reporter(TracingState& state) noexcept;

// Puts a finished, sampled span into the ring, or counts why it could not. Any thread.
EDGESPAN_INLINE void record(TracingState& state, const SpanRecord& span) noexcept {
  const std::uint32_t stripe = thread_stripe();
  const EncodedSize size = encode_impl::encoded_size(span);
  std::byte* out = size.total <= span_bytes_max ? state.ring.claim(stripe, size.total) : nullptr;
  if (out == nullptr) [[unlikely]] {
    out = claim_or_drop(state, stripe, size.total);
    if (out == nullptr) return;
  }
  state.ring.counters(stripe).accepted.fetch_add(1, std::memory_order_relaxed);
  encode_impl::encode(span, size, out);
  state.ring.commit(out, size.total, size.timestamp_at, span.annotated);
  if (state.ring.opens_chunk(out)) [[unlikely]]
    wake_reporter(state);
}

}  // namespace edgespan::core
