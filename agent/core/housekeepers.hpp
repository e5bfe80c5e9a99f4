// SPDX-License-Identifier: Apache-2.0
// The list of housekeepers. Those who add, remove or call them hold a lock, so that a part may end while the
// reporter's thread is at work. No span and no message ever takes it.
#pragma once

#include <edgespan/housekeeper.hpp>

#include "core/house_lock.hpp"
#include "core/tracing_state.hpp"

namespace edgespan::detail {

// Adds a node whose functions are set. Before the part that owns it holds spans; any thread. Inline, like the
// next: a program without such parts has no code for them.
inline void add_housekeeper(TracingState& state, Housekeeper& added) noexcept {
  EDGESPAN_ASSERT(added.sweep != nullptr && added.next == nullptr);
  const HouseLock lock{state};
  EDGESPAN_ASSERT(state.housekeepers != &added);  // it stands in the list once
  added.next = state.housekeepers;
  state.housekeepers = &added;
}

// Takes a node out. Once it has returned nobody calls the node; it waits for a sweep that is under way. Any
// thread but one inside a sweep. In a forked child it does nothing: the thread that holds the lock may not
// exist there, and nobody sweeps.
inline void remove_housekeeper(TracingState& state, Housekeeper& removed) noexcept {
  if (state.in_child()) return;
  const HouseLock lock{state};
  for (Housekeeper** at = &state.housekeepers; *at != nullptr; at = &(*at)->next) {
    if (*at != &removed) continue;
    *at = removed.next;
    removed.next = nullptr;
    return;
  }
  EDGESPAN_ASSERT(false);  // it stood in the list
}

}  // namespace edgespan::detail
