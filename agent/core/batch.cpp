// SPDX-License-Identifier: Apache-2.0
#include "core/batch.hpp"

#include <cstring>

#include "core/encode_impl.hpp"
#include "core/pause_point.hpp"

namespace edgespan::detail {

Taken take_spans(TracingState& state, std::span<std::byte> room, std::uint64_t& since_us) noexcept {
  Taken taken;
  const std::uint64_t wall_us = state.wall_us();
  if (wall_us == 0) return taken;
  // Both clocks are read at one moment: what lies between them would stand in every date.
  const std::uint64_t offset_us = wall_us - state.now_us();
  const ConsumerLock lock{state};
  const auto move = [&](const RingElement& element) {
    if (element.bytes.size() > room.size() - taken.bytes) {
      taken.full = true;
      return false;
    }
    const std::span<std::byte> copy = room.subspan(taken.bytes, element.bytes.size());
    std::memcpy(copy.data(), element.bytes.data(), copy.size());
    if (small_code || element.annotated) {
      rebase(copy, element.timestamp_at, element.annotated, offset_us, since_us);
    } else {
      encode_impl::rebase_plain(copy.data() + element.timestamp_at, offset_us, since_us);
    }
    taken.bytes += static_cast<std::uint32_t>(copy.size());
    ++taken.spans;
    return true;
  };
  RingElement element;
  while (state.ring.peek_late(element) && move(element)) state.ring.pop_late(element);
  // The oldest chunk first, whoever filled it: no thread can hold back the spans of another. A stripe that
  // was empty is not asked again, since that would run after threads that are at work.
  std::uint32_t without = 0;
  std::uint32_t stripe = state.ring.oldest_stripe(without);
  while (stripe != stripes && !taken.full) {
    SpanRing::Peek found = state.ring.peek(stripe, element);
    for (; found == SpanRing::Peek::element && move(element); found = state.ring.peek(stripe, element)) {
      EDGESPAN_PAUSE_POINT(peeked);
      state.ring.pop(stripe);
    }
    if (found == SpanRing::Peek::nothing) without |= 1U << stripe;
    if (small_code || found != SpanRing::Peek::moved || !state.ring.has_all(stripe)) {
      stripe = state.ring.oldest_stripe(without);
    }
  }
  EDGESPAN_ASSERT(few_assertions || taken.bytes <= room.size());
  EDGESPAN_ASSERT(few_assertions || (taken.spans == 0) == (taken.bytes == 0));
  state.ledger.sums.in_batch += taken.spans;
  return taken;
}

}  // namespace edgespan::detail
