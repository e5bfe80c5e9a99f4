// SPDX-License-Identifier: Apache-2.0
// The stripes of the ring, and what each of them counts.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <edgespan/atomic.hpp>
#include <edgespan/books.hpp>

#include "core/assert.hpp"
#include "core/code.hpp"

namespace edgespan::detail {

// A board without threads has a main loop and interrupts, no processes, and no thread for the reporter. What
// only threads need is no code there.
#ifdef EDGESPAN_NO_THREADS
inline constexpr bool has_threads = false;
#else
inline constexpr bool has_threads = true;
#endif

// Without threads there is nobody to stay clear of; an interrupt never waits for what it interrupted.
inline constexpr std::uint32_t stripes = has_threads ? 4 : 1;

// The first of the reasons: spans that never came into the ring.
inline constexpr std::size_t early_drops = static_cast<std::size_t>(DropReason::too_large) + 1;

// Per stripe, written by its producers; wraps at 2^32 and is summed up by differences.
struct StripeCounters {
  Atomic<std::uint32_t> accepted{0};  // without threads; with them, SpanRing counts
  std::array<Atomic<std::uint32_t>, early_drops> dropped{};

  EDGESPAN_SHARED void count(DropReason reason) noexcept {
    EDGESPAN_ASSERT(static_cast<std::size_t>(reason) < early_drops);
    dropped[static_cast<std::size_t>(reason)].fetch_add(1, std::memory_order_relaxed);
  }
};

}  // namespace edgespan::detail
