// SPDX-License-Identifier: Apache-2.0
// The way of a finished span into the ring, in line with what finished it: encoded where it will lie, its
// parts never laid out in memory before.
#pragma once

#include "core/code.hpp"
#include "core/encode_impl.hpp"
#include "core/pause_point.hpp"
#include "core/ring_room.hpp"
#include "core/tracing_state.hpp"

namespace edgespan::detail {

// Puts an element of this size into the ring, which `encode(out)` writes, or counts why it never can be.
// False: there is no room. Any thread.
template <typename Encode>
[[gnu::always_inline]] inline bool put_element(TracingState& state, const EncodedSize& size, bool annotated,
                                               Encode encode) noexcept {
  const std::uint32_t stripe = thread_stripe();
  if (size.total > span_bytes_max) [[unlikely]] {
    state.ring.counters(stripe).count(DropReason::too_large);
    return true;
  }
  std::byte* const out = state.ring.claim(stripe, size.total);
  if (out == nullptr) [[unlikely]]
    return false;
  if constexpr (!has_threads) state.ring.counters(stripe).accepted.fetch_add(1, std::memory_order_relaxed);
  encode(out);
  EDGESPAN_PAUSE_POINT(encoded);
  state.ring.commit(out, size.total, size.timestamp_at, annotated);
  if (has_threads && state.ring.opens_chunk(out)) [[unlikely]]
    wake_reporter(state);
  return true;
}

// The same of a finished, sampled span.
[[gnu::always_inline]] inline bool put(TracingState& state, const SpanFields& span) noexcept {
  EDGESPAN_ASSERT(span.context.sampled() && span.context.span_id != 0);
  EDGESPAN_ASSERT(span.duration_us != 0);  // the collector takes 0 for absent
  const EncodedSize size = encode_impl::encoded_size(span);
  const auto encode = [&](std::byte * out) __attribute__((always_inline)) {
    encode_impl::encode(span, size, out);
  };
  return put_element(state, size, span.annotated, encode);
}

// Puts a span into the ring or drops it, counted. `put` tries it once, as put() does: a function of its own,
// so that what makes room does not stand on top of what encodes.
template <typename Put>
[[gnu::always_inline]] inline void put_or_drop(TracingState& state, Put put) noexcept {
  for (bool again = false; !put() && make_ring_room(state, again); again = true) {
  }
}

}  // namespace edgespan::detail
