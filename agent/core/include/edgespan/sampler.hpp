// SPDX-License-Identifier: Apache-2.0
// Who decides whether a trace is kept. A sampler is asked once a trace, at the first place that has no
// decision yet; its answer then travels with the context.
#pragma once

#include <atomic>
#include <cstdint>
#include <span>
#include <string_view>

namespace edgespan {

// Made by the factories below and given to a configuration by pointer; it must outlive what uses it. Any
// thread.
class Sampler {
 public:
  // Keeps every trace, or none.
  static constexpr Sampler always() noexcept { return Sampler{Kind::boundary, INT64_MAX}; }
  static constexpr Sampler never() noexcept { return Sampler{Kind::never, 0}; }

  // Keeps the share `rate` of traces, decided by the trace id with the formula of Zipkin's own collector
  // (keep if the magnitude of the low 64 bits, read as signed, is at most rate * (2^63 - 1)), so that rates
  // nest along the way. A rate outside 0 to 1 (or not a number) is clamped: below to never, above to always,
  // NaN to never.
  static constexpr Sampler probability(float rate) noexcept {
    if (!(rate > 0.0F)) return never();
    if (rate >= 1.0F) return always();
    return Sampler{Kind::boundary, static_cast<std::int64_t>(rate * 9223372036854775808.0F)};
  }

  // Keeps at most `traces_per_second` (0 to 65,535; more is cut to that) new traces in each second of the
  // monotonic clock; from 10 on the allowance is spread over the tenths of the second.
  static constexpr Sampler rate_limit(std::uint32_t traces_per_second) noexcept {
    if (traces_per_second == 0) return never();
    return Sampler{Kind::rate,
                   traces_per_second > 65'535 ? 65'535 : static_cast<std::int64_t>(traces_per_second)};
  }

  constexpr Sampler(const Sampler& other) noexcept : kind_{other.kind_}, bound_{other.bound_} {}
  Sampler& operator=(const Sampler&) = delete;

  // Whether a new trace with these low 64 bits is kept; `now_us` is the monotonic clock, read by rate limits
  // only.
  bool keep(std::uint64_t trace_lo, std::uint64_t now_us) const noexcept;

  // Whether keep() looks at `now_us`, so that callers read no clock in vain.
  constexpr bool needs_clock() const noexcept { return kind_ == Kind::rate; }

 private:
  enum class Kind : std::uint8_t { never, boundary, rate };
  constexpr Sampler(Kind kind, std::int64_t bound) noexcept : kind_{kind}, bound_{bound} {}
  bool keep_rate(std::uint64_t now_us) const noexcept;

  Kind kind_;
  std::int64_t bound_;
  mutable std::atomic<std::uint32_t> window_{0};  // second (high half) and traces kept in it (low half)
};

// What a messaging rule may match: the operation names of Brave's messaging samplers.
enum class Operation : std::uint8_t { any, send, receive };

// One rule: `topic` empty matches every topic, else it must equal the record's topic exactly.
struct SamplerRule {
  Operation operation = Operation::any;
  std::string_view topic{};
  const Sampler* sampler = nullptr;  // never null
};

// An ordered list of rules: the first that matches decides, no match leaves the decision to the tracing's
// sampler. Rules are asked only where a record comes without a decision and, when sending, no scope is open.
struct MessagingSampler {
  std::span<const SamplerRule> rules{};  // kept, not copied

  const Sampler* find(Operation operation, std::string_view topic) const noexcept;
};

}  // namespace edgespan
