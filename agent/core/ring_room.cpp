// SPDX-License-Identifier: Apache-2.0
#include "core/ring_room.hpp"

#include "core/consumer_lock.hpp"

namespace edgespan::detail {
namespace {

// Drops the oldest spans, whoever finished them, until a chunk is free again. False if that cannot be had at
// once. Oldest of all are those that were passed over while their threads were held up: each keeps its chunk.
bool evict(TracingState& state) noexcept {
  if (!ConsumerLock::try_acquire(state)) return false;
  EDGESPAN_ASSERT(state.drop_oldest);
  SpanRing& ring = state.ring;
  std::uint64_t& dropped = state.ledger.sums.dropped[static_cast<std::size_t>(DropReason::ring_full)];
  const std::uint32_t before = ring.chunks_freed();
  RingElement oldest;
  while (ring.peek_late(oldest)) {
    ring.pop_late(oldest);
    ++dropped;
  }
  bool freed = ring.chunks_freed() != before;
  std::uint32_t without = 0;
  for (std::uint32_t stripe = ring.oldest_stripe(without); stripe != stripes && !freed;
       stripe = ring.oldest_stripe(without)) {
    const SpanRing::Peek found = ring.peek(stripe, oldest);
    freed = ring.chunks_freed() != before;  // looking on may have done it
    if (found == SpanRing::Peek::nothing) {
      without |= 1U << stripe;
    } else if (found == SpanRing::Peek::element) {
      EDGESPAN_ASSERT(few_assertions || oldest.bytes.size() <= span_bytes_max);
      ring.pop(stripe);
      ++dropped;
    }
  }
  ConsumerLock::release(state);
  return freed;
}

}  // namespace

bool make_ring_room(TracingState& state, bool again) noexcept {
  EDGESPAN_ASSERT(few_assertions || state.epoch != 0);
  if (!again && state.drop_oldest && evict(state)) return true;
  state.ring.counters(thread_stripe()).count(DropReason::ring_full);
  return false;
}

}  // namespace edgespan::detail
