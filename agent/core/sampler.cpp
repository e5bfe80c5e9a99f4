// SPDX-License-Identifier: Apache-2.0
#include <edgespan/sampler.hpp>

namespace edgespan {

bool Sampler::keep(std::uint64_t trace_lo, std::uint64_t now_us) const noexcept {
  switch (kind_) {
    case Kind::never:
      return false;
    case Kind::rate:
      return keep_rate(now_us);
    case Kind::boundary:
      break;
  }
  auto magnitude = static_cast<std::int64_t>(trace_lo);
  if (magnitude == INT64_MIN) magnitude = INT64_MAX;  // it has no positive twin
  if (magnitude < 0) magnitude = -magnitude;
  return magnitude <= bound_;
}

// One word holds the second that is being counted and how many traces it has let through, so that one
// compare-and-swap both moves on to a new second and counts.
bool Sampler::keep_rate(std::uint64_t now_us) const noexcept {
  const auto tenths = static_cast<std::uint32_t>(now_us / 100'000);
  const std::uint32_t second = tenths / 10 & 0xFFFF;
  const std::uint32_t tenth = tenths % 10;
  const auto limit = static_cast<std::uint32_t>(bound_);
  const std::uint32_t allowed = limit < 10 ? limit : limit / 10 + limit % 10 + tenth * (limit / 10);
  std::uint32_t seen = window_.load(std::memory_order_relaxed);
  for (;;) {
    const std::uint32_t kept = seen >> 16 == second ? seen & 0xFFFF : 0;
    if (kept >= allowed) return false;
    if (window_.compare_exchange_weak(seen, second << 16 | (kept + 1), std::memory_order_relaxed))
      return true;
  }
}

}  // namespace edgespan
