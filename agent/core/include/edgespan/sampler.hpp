// SPDX-License-Identifier: Apache-2.0
// Who decides whether a trace is kept. A sampler is asked once a trace, at the first place that has no
// decision yet; its answer then travels with the context.
#pragma once

#include <cstdint>
#include <edgespan/atomic.hpp>

namespace edgespan {

// How a share of traces is chosen by their ids. Rates nest among those who take the same rule.
enum class RatioRule : std::uint8_t {
  magnitude,    // the collector's, which Brave and OpenTelemetry for Java take, too
  unsigned_id,  // OpenTelemetry for Python and Go
};

// Made by the factories below; a configuration takes a copy. keep() may be called by any thread, also of one
// object; assignment is not for an object that is in use.
class Sampler {
 public:
  // Keeps every trace, or none.
  static constexpr Sampler always() noexcept { return Sampler{Kind::magnitude, UINT64_MAX}; }
  static constexpr Sampler never() noexcept { return Sampler{Kind::never, 0}; }

  // Keeps the share `rate` of traces, decided by the low 64 bits of the trace id, so that rates nest along
  // the way. `magnitude`, the collector's own formula: kept if their magnitude, read as signed, is at most
  // rate * (2^63 - 1). `unsigned_id`: kept if they are less than rate * 2^64; of what is kept at a rate by
  // one rule the other keeps half at 0.5. A rate outside 0 to 1 (or not a number) is clamped: below to
  // never, above to always, NaN to never.
  static constexpr Sampler probability(double rate, RatioRule rule = RatioRule::magnitude) noexcept {
    const auto short_rate = static_cast<float>(rate);  // as precise as the collector's
    if (!(short_rate > 0.0F)) return never();
    if (short_rate >= 1.0F) return always();
    if (rule == RatioRule::magnitude) {
      return Sampler{Kind::magnitude, static_cast<std::uint64_t>(short_rate * 9223372036854775808.0F)};
    }
    const double exact = rate * 18446744073709551616.0;
    auto end = static_cast<std::uint64_t>(exact);
    if (exact - static_cast<double>(end) >= 0.5) ++end;  // Python rounds
    return end == 0 ? never() : Sampler{Kind::unsigned_id, end - 1};
  }

  // Keeps at most `traces_per_second` (0 to 65,535; more is cut to that) new traces in each second of the
  // monotonic clock, whatever the number of threads that ask; from 10 on the allowance is spread over the
  // tenths of the second. A thread whose time is of an earlier second than the newest one that was asked for
  // counts in the newest.
  static constexpr Sampler rate_limit(std::uint32_t traces_per_second) noexcept {
    if (traces_per_second == 0) return never();
    return Sampler{Kind::rate, traces_per_second > 65'535 ? 65'535U : std::uint64_t{traces_per_second}};
  }

  // A copy counts for itself: a rate limit begins anew.
  constexpr Sampler(const Sampler& other) noexcept : kind_{other.kind_}, bound_{other.bound_} {}
  Sampler& operator=(const Sampler& other) noexcept {
    kind_ = other.kind_;
    bound_ = other.bound_;
    newest_.store(0, std::memory_order_relaxed);
    window_.store(0, std::memory_order_relaxed);
    return *this;
  }

  // Whether a new trace with these low 64 bits is kept; `now_us` is the monotonic clock, read by rate limits
  // only.
  bool keep(std::uint64_t trace_lo, std::uint64_t now_us) const noexcept;

  // Whether keep() is true for every trace, so that callers need not ask.
  constexpr bool keeps_all() const noexcept { return bound_ == UINT64_MAX; }

  // Whether keep() looks at `now_us`, so that callers read no clock in vain.
  constexpr bool needs_clock() const noexcept { return kind_ == Kind::rate; }

 private:
  enum class Kind : std::uint8_t { never, magnitude, unsigned_id, rate };
  constexpr Sampler(Kind kind, std::uint64_t bound) noexcept : kind_{kind}, bound_{bound} {}
  bool keep_rate(std::uint64_t now_us) const noexcept;

  Kind kind_;
  std::uint64_t bound_;  // the largest id, or magnitude of one, that is kept; the limit of a rate
  mutable detail::Atomic<std::uint32_t> newest_{0};  // the newest second that was asked for
  mutable detail::Atomic<std::uint32_t> window_{
      0};  // its lower 16 bits (high half) and traces kept in it (low half)
};

}  // namespace edgespan
