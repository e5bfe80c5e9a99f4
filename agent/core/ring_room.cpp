// SPDX-License-Identifier: Apache-2.0
#include "core/ring_room.hpp"

#include "core/consumer_lock.hpp"

namespace edgespan::detail {
namespace {

// Drops old spans of this stripe, or else of another, until a chunk is free again. False if that cannot be
// had at once.
bool evict(TracingState& state, std::uint32_t stripe) noexcept {
  if (!ConsumerLock::try_acquire(state)) return false;
  const std::uint32_t used = state.ring.chunks_used();
  bool freed = false;
  RingElement oldest;
  for (std::uint32_t looked = 0; !freed && looked < stripes;) {
    const bool found = state.ring.peek(stripe, oldest);
    freed = state.ring.chunks_used() < used;  // looking on may have done it
    if (!found) {
      stripe = (stripe + 1) % stripes;
      ++looked;
    } else if (!freed) {
      state.ring.pop(stripe);
      ++state.ledger.sums.dropped[static_cast<std::size_t>(DropReason::ring_full)];
    }
  }
  ConsumerLock::release(state);
  return freed;
}

}  // namespace

bool make_ring_room(TracingState& state, bool again) noexcept {
  const std::uint32_t stripe = thread_stripe();
  if (!again && state.drop_oldest && evict(state, stripe)) return true;
  state.ring.counters(stripe).count(DropReason::ring_full);
  return false;
}

}  // namespace edgespan::detail
