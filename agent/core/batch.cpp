// SPDX-License-Identifier: Apache-2.0
#include "core/batch.hpp"

#include <cstring>

namespace edgespan::detail {

Taken take_spans(TracingState& state, std::uint32_t& stripe, std::span<std::byte> room) noexcept {
  Taken taken;
  const std::uint64_t wall_us = state.wall_us();
  if (wall_us == 0) return taken;
  // Both clocks are read at one moment: what lies between them would stand in every date.
  const std::uint64_t offset_us = wall_us - state.now_us();
  const ConsumerLock lock{state};
  // Every stripe once: to go round until all are empty at one time would run after threads that are at work.
  for (std::uint32_t emptied = 0; emptied < stripes;) {
    RingElement record;
    if (!state.ring.peek(stripe, record)) {
      stripe = (stripe + 1) % stripes;
      ++emptied;
      continue;
    }
    if (record.bytes.size() > room.size() - taken.bytes) {
      taken.full = true;
      break;
    }
    const std::span<std::byte> copy = room.subspan(taken.bytes, record.bytes.size());
    std::memcpy(copy.data(), record.bytes.data(), copy.size());
    rebase(copy, record.timestamp_at, record.annotated, offset_us);
    state.ring.pop(stripe);
    taken.bytes += static_cast<std::uint32_t>(copy.size());
    ++taken.spans;
  }
  state.ledger.sums.in_batch += taken.spans;
  return taken;
}

void drop_spans(TracingState& state, DropReason reason) noexcept {
  const ConsumerLock lock{state};
  RingElement record;
  for (std::uint32_t stripe = 0; stripe < stripes; ++stripe) {
    while (state.ring.peek(stripe, record)) {
      state.ring.pop(stripe);
      ++state.ledger.sums.dropped[static_cast<std::size_t>(reason)];
    }
  }
}

}  // namespace edgespan::detail
