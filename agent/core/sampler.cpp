// SPDX-License-Identifier: Apache-2.0
#include <edgespan/sampler.hpp>

#include "core/assert.hpp"
#include "core/pause_point.hpp"

namespace edgespan {
namespace {

using detail::Atomic;

// Never goes back, so that threads whose clocks stand on both sides of a second's edge cannot open a window
// anew. Half of a second's number stands in `window`. Where that half is the same although the second is new,
// 65,536 seconds have passed, and the window is renamed so that it does not pass for the new one. Only the
// thread that makes a second the newest may rename, and only what it has `seen` before: from then on another
// thread may count the new second in the window.
std::uint32_t newest_second(Atomic<std::uint32_t>& newest, Atomic<std::uint32_t>& window, std::uint32_t seen,
                            std::uint32_t mine) noexcept {
  std::uint32_t second = newest.load(std::memory_order_relaxed);
  while (static_cast<std::int32_t>(mine - second) > 0) {
    EDGESPAN_PAUSE_POINT(second_seen);
    if (!newest.compare_exchange_weak(second, mine, std::memory_order_relaxed, std::memory_order_relaxed)) {
      continue;
    }
    if (seen >> 16 == (mine & 0xFFFF)) {
      window.compare_exchange_strong(seen, seen ^ 0x8000'0000, std::memory_order_relaxed);
    }
    return mine;
  }
  return second;
}

}  // namespace

bool Sampler::keep(std::uint64_t trace_lo, std::uint64_t now_us) const noexcept {
  if (kind_ == Kind::rate) return keep_rate(now_us);
  EDGESPAN_ASSERT(detail::few_assertions || kind_ != Kind::never || bound_ == 0);
  if (kind_ == Kind::never) return false;
  const bool negative = trace_lo >> 63 != 0;
  return (kind_ == Kind::magnitude && negative ? 0 - trace_lo : trace_lo) <= bound_;
}

// The window holds the second that is being counted and how many traces it has let through, so that one
// compare-and-swap both moves on to a new second and counts. It may be moved only to the newest second: who
// has seen it moved knows a second that is as new, so it never goes back.
bool Sampler::keep_rate(std::uint64_t now_us) const noexcept {
  EDGESPAN_ASSERT(bound_ > 0 && bound_ <= 65'535);
  const auto tenths = now_us / 100'000;
  const auto mine = static_cast<std::uint32_t>(tenths / 10);
  const auto limit = static_cast<std::uint32_t>(bound_);
  for (;;) {
    std::uint32_t seen = window_.load(std::memory_order_acquire);
    const std::uint32_t second = newest_second(newest_, window_, seen, mine);
    EDGESPAN_ASSERT(detail::few_assertions || static_cast<std::int32_t>(mine - second) <= 0);
    const std::uint32_t tenth = mine == second ? static_cast<std::uint32_t>(tenths % 10) : 0;
    const std::uint32_t allowed = limit < 10 ? limit : limit / 10 + limit % 10 + tenth * (limit / 10);
    const std::uint32_t kept = seen >> 16 == (second & 0xFFFF) ? seen & 0xFFFF : 0;
    EDGESPAN_ASSERT(detail::few_assertions || (allowed != 0 && allowed <= limit && kept <= limit));
    if (kept >= allowed) return false;
    if (window_.compare_exchange_weak(seen, second << 16 | (kept + 1), std::memory_order_release,
                                      std::memory_order_relaxed)) {
      return true;
    }
  }
}

}  // namespace edgespan
