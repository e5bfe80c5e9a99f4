// SPDX-License-Identifier: Apache-2.0
// Places between two steps of a thread, at which tests/interleave stops the thread on purpose. They are there
// in that build alone.
#pragma once

#ifdef EDGESPAN_PAUSE_POINTS
#include <cstdint>

namespace edgespan::detail {

enum class PausePoint : std::uint8_t {
  cursor_seen,   // a producer has read where its stripe stands, and not claimed from there yet
  chunk_seen,    // the same, where the fast way did not lead to a claim
  claimed,       // room in the ring, whose size is not written yet
  encoded,       // an element that is not committed yet
  peeked,        // the consumer has seen an element and has not taken it
  slot_entered,  // an owner is about to say that it is inside its slot
  slot_taken,    // an owner is inside its slot, to change its span
  slot_found,    // the sweep has found a span to end, and not marked its slot yet
  slot_marked,   // the sweep has marked a slot, and does not know yet whether its owner is inside
  slot_swept,    // the sweep has made a slot busy, and not put its span into the ring yet
  stop_swept,    // stop() has ended the open spans
  stop_closed,   // stop() has settled its last batch, and spans may still come
  second_seen,   // a rate limit has read its window, and not made its second the newest yet
};
// The test's: returns when the thread may go on.
void pause_at(PausePoint point) noexcept;

}  // namespace edgespan::detail

#define EDGESPAN_PAUSE_POINT(name) ::edgespan::detail::pause_at(::edgespan::detail::PausePoint::name)
#else
#define EDGESPAN_PAUSE_POINT(name) static_cast<void>(0)
#endif
