// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>

namespace edgespan::detail {

// Contradictions found so far. A guest does not end its host: the first one turns every tracing of the
// process off.
extern std::atomic<std::uint32_t> faults;

inline void fault() noexcept {
#ifdef EDGESPAN_ASSERT_ABORT
  __builtin_trap();
#else
  faults.fetch_add(1, std::memory_order_relaxed);
#endif
}

}  // namespace edgespan::detail

// For our own mistakes only; never for bytes that come from the network, a broker or the application.
#define EDGESPAN_ASSERT(condition)                 \
  do {                                             \
    if (!(condition)) ::edgespan::detail::fault(); \
  } while (false)
