// SPDX-License-Identifier: Apache-2.0
#include "core/batch_offerer.hpp"

#include <algorithm>

#include "core/batch.hpp"
#include "core/consumer_lock.hpp"
#include "core/elapsed.hpp"
#include "core/ids.hpp"

namespace edgespan::detail {
namespace {

constexpr std::uint64_t us_per_s = 1'000'000;
constexpr std::uint32_t again_us = 1'000;
constexpr std::uint32_t asked_min_us = 1'000'000;  // bounds of the pause that a collector may ask for
constexpr std::uint32_t asked_max_us = 3'600'000'000;

// The outcomes that drop spans stand in the order of the reasons that count them.
constexpr DropReason drop_reason(Outcome outcome) noexcept {
  EDGESPAN_ASSERT(few_assertions || outcome >= Outcome::too_large);
  constexpr auto shift = static_cast<int>(Outcome::too_large) - static_cast<int>(DropReason::too_large);
  return static_cast<DropReason>(static_cast<int>(outcome) - shift);
}
static_assert(drop_reason(Outcome::malformed) == DropReason::malformed);
static_assert(drop_reason(Outcome::unauthorized) == DropReason::unauthorized);
static_assert(drop_reason(Outcome::refused) == DropReason::refused);

// Time and a person can mend these; trying again soon cannot.
constexpr bool needs_long_pause(Outcome outcome) noexcept {
  return outcome == Outcome::wrong_date || outcome == Outcome::untrusted;
}

constexpr bool is_about_the_date(Outcome outcome) noexcept {
  return outcome == Outcome::no_date || outcome == Outcome::wrong_date;
}

// The pause that the collector asked for, or 0. A moment counts only if it lies ahead by a clock that is set.
// It becomes a length at once, so that no later step of the date bends it.
std::uint32_t asked_ms(const SendResult& result, std::uint64_t wall_us) noexcept {
  std::uint64_t us = result.asked_pause_us;
  const auto ahead_us = static_cast<std::int64_t>(result.asked_until_us - wall_us);
  if (result.asked_until_us != 0 && wall_us != 0 && ahead_us > 0) us = static_cast<std::uint64_t>(ahead_us);
  if (us == 0) return 0;
  const std::uint32_t bounded_us = us < asked_max_us ? static_cast<std::uint32_t>(us) : asked_max_us;
  return (std::max(bounded_us, asked_min_us) + 999) / 1'000;
}

// Of the wall clock against the monotonic one; 0 while the date is not known.
std::uint64_t date_offset_us(const TracingState& tracing, std::uint64_t now_us) noexcept {
  const std::uint64_t wall_us = tracing.wall_us();
  return wall_us == 0 ? 0 : wall_us - now_us;
}

// A random number below `end`, which is not 0.
std::uint32_t draw_below(TracingState& tracing, std::uint32_t end) noexcept {
  EDGESPAN_ASSERT(few_assertions || end != 0);
  return static_cast<std::uint32_t>(random_id(tracing)) % end;
}

// What is left of `ms` that began at `since_us`, but no more than lies between two steps.
EDGESPAN_SHARED std::uint32_t wait_us(std::uint64_t now_us, std::uint64_t since_us,
                                      std::uint32_t ms) noexcept {
  return within_step_us(left_us(now_us, since_us, ms * us_per_ms));
}

}  // namespace

BatchOfferer::BatchOfferer(TracingState& tracing, const Sender& sender, const ReporterConfig& config) noexcept
    : tracing_{tracing}, sender_{sender}, config_{config} {
  EDGESPAN_ASSERT(few_assertions || (sender.offer != nullptr && sender.cancel != nullptr));
  EDGESPAN_ASSERT(few_assertions || (config.retry_min_ms != 0 && config.retry_min_ms <= config.retry_max_ms));
}

// Whether nothing is held and nothing waits, as at nearly every step of a program that does little.
inline bool BatchOfferer::has_nothing() const noexcept {
  return phase_ == Phase::collecting && cutter_.empty() && tracing_.ring.chunks_used() == 0;
}

std::uint32_t BatchOfferer::advance(std::uint64_t now_us) noexcept {
  heed_ready();
  if (!small_code && has_nothing()) {  // what collect() would come to
    batch_since_us_ = now_us;
    full_ = send_now_ = false;
    return std::min<std::uint32_t>(config_.flush_ms, step_every_us / us_per_ms) * us_per_ms;
  }
  if (phase_ >= Phase::pausing) {
    if (const std::uint32_t wait_us = pause_left_us(now_us); wait_us != 0) return wait_us;
    phase_ = cutter_.empty() ? Phase::collecting : Phase::offering;
  }
  if (phase_ == Phase::collecting) {
    if (const std::uint32_t wait_us = collect(now_us); wait_us != 0) return wait_us;
    phase_ = Phase::offering;
  }
  return offer(now_us);
}

void BatchOfferer::heed_ready() noexcept {
  if (!ready_.load(std::memory_order_acquire)) return;
  // A plain store: nobody else clears it, and ARMv6-M cannot exchange a byte.
  ready_.store(false, std::memory_order_relaxed);
  send_now_ = true;
  if (phase_ != Phase::pausing_as_asked) pause_ms_ = 0;
}

// Returns how long the batch is still collected; 0: it is to be offered now.
std::uint32_t BatchOfferer::collect(std::uint64_t now_us) noexcept {
  EDGESPAN_ASSERT(few_assertions || !cutter_.chosen());
  if (cutter_.empty()) batch_since_us_ = now_us;
  if (cutter_.empty() || !full_) fill();
  const std::uint32_t rest_us = wait_us(now_us, batch_since_us_, config_.flush_ms);
  const bool due = full_ || send_now_ || hurrying_.load(std::memory_order_acquire) != 0 || rest_us == 0;
  if (cutter_.empty() || !due) {
    send_now_ = false;  // nothing is held
    return rest_us;
  }
  send_now_ = send_now_ && full_;
  return 0;
}

// `holding_` rises before a span leaves the ring, so that a flush which sees the span gone waits for this
// batch.
void BatchOfferer::fill() noexcept {
  EDGESPAN_ASSERT(few_assertions || cutter_.bytes() <= tracing_.memory.batch.size());
  // The usual case of a step: no clock is read for it, which is a system call on some boards.
  if (tracing_.ring.chunks_used() == 0) {
    full_ = false;
    return;
  }
  holding_.store(1, std::memory_order_relaxed);
  const Taken taken = take_spans(tracing_, tracing_.memory.batch.subspan(cutter_.bytes()), batch_since_us_);
  full_ = taken.full;
  // With a full batch the reporter comes again by itself, once it has sent it; and while no span can leave,
  // another wake-up by a full ring would be of no use. Each is a system call of a thread that finishes spans.
  if (taken.spans != 0 && !taken.full) tracing_.wake_sent.store(0, std::memory_order_relaxed);
  cutter_.add(taken.bytes, taken.spans);
  if (cutter_.empty()) holding_.store(0, std::memory_order_release);
}

std::uint32_t BatchOfferer::offer(std::uint64_t now_us) noexcept {
  EDGESPAN_ASSERT(few_assertions || (phase_ == Phase::offering && !cutter_.empty()));
  const Bytes batch = tracing_.memory.batch.first(cutter_.bytes());
  if (!cutter_.chosen()) {
    cutter_.choose(batch, now_us);
    begun_ = false;
  }
  const BatchCutter::Portion& portion = cutter_.portion();
  const SendResult result = sender_.offer(sender_.ctx, batch.subspan(portion.begin, portion.bytes()), now_us);
  count_sent(result);
  if (result.outcome == Outcome::pending) return within_step_us(result.again_us);
  last_outcome_.store(result.outcome, std::memory_order_relaxed);
  last_cause_.store(result.cause, std::memory_order_relaxed);
  last_status_.store(result.status, std::memory_order_relaxed);
  return answered(now_us, result);
}

void BatchOfferer::count_sent(const SendResult& result) noexcept {
  EDGESPAN_ASSERT(few_assertions || cutter_.chosen());
  if (result.sent_bytes == 0 && result.begun == 0) return;
  const std::uint32_t first = !begun_ && result.begun != 0 ? 1 : 0;
  begun_ = begun_ || result.begun != 0;
  const ConsumerLock lock{tracing_};
  tracing_.ledger.sums.bytes_sent += result.sent_bytes;
  tracing_.ledger.sums.resent += result.begun - first;
}

// Returns when to go on.
std::uint32_t BatchOfferer::answered(std::uint64_t now_us, const SendResult& result) noexcept {
  const Outcome outcome = result.outcome;
  EDGESPAN_ASSERT(few_assertions || (outcome != Outcome::pending && cutter_.chosen()));
  if (outcome == Outcome::delivered) {
    settle(result.rejected, DropReason::rejected);
    return full_ || !cutter_.empty() ? 0 : again_us;
  }
  if (is_offered_again(outcome)) return back_off(now_us, result);
  if (cut(now_us, outcome)) return 0;
  settle(UINT32_MAX, drop_reason(outcome));
  if (outcome != Outcome::unauthorized) return again_us;
  return pause(now_us, long_pause_ms(), Phase::pausing_as_asked);
}

// Whether a smaller portion is to be offered instead.
bool BatchOfferer::cut(std::uint64_t now_us, Outcome outcome) noexcept {
  const bool smaller = (outcome == Outcome::too_large && cutter_.cut_too_large(now_us)) ||
                       (outcome == Outcome::malformed && cutter_.cut_malformed());
  if (!smaller) return false;
  const ConsumerLock lock{tracing_};
  ++tracing_.ledger.sums.cuts;
  return true;
}

// Ends the portion. `dropped` of its spans, all of them at the most, are counted under `reason`; the others
// are delivered. Only `rejected` speaks of a portion that the collector has accepted.
void BatchOfferer::settle(std::uint32_t dropped, DropReason reason) noexcept {
  const bool accepted = reason == DropReason::rejected;
  const BatchCutter::Portion portion = cutter_.settle(accepted);
  dropped = std::min(dropped, portion.spans);
  {
    const ConsumerLock lock{tracing_};
    Books& sums = tracing_.ledger.sums;
    EDGESPAN_ASSERT(portion.spans <= sums.in_batch);
    sums.delivered += portion.spans - dropped;
    sums.dropped[static_cast<std::size_t>(reason)] += dropped;
    if (accepted) {
      sums.bytes_delivered += portion.bytes();
      ++sums.batches;
      pause_ms_ = 0;
    }
    sums.in_batch -= portion.spans;
    EDGESPAN_ASSERT(sums.in_batch == cutter_.spans());
  }
  if (!cutter_.empty()) return;
  EDGESPAN_ASSERT(few_assertions || !cutter_.chosen());
  phase_ = Phase::collecting;
  batches_settled_.fetch_add(1, std::memory_order_release);
  holding_.store(0, std::memory_order_release);
}

// Decorrelated jitter: each pause is drawn between the least one and three times the last one, so that a
// fleet that lost its collector at one moment does not come back at one moment.
std::uint32_t BatchOfferer::back_off(std::uint64_t now_us, const SendResult& result) noexcept {
  const std::uint32_t least_ms = config_.retry_min_ms;
  const std::uint32_t most_ms = config_.retry_max_ms;
  std::uint32_t own_ms = 0;
  if (needs_long_pause(result.outcome)) {
    own_ms = long_pause_ms();
  } else {
    const std::uint32_t last_ms = std::max(pause_ms_, least_ms);
    const std::uint32_t reach_ms = last_ms > most_ms / 3 ? most_ms : last_ms * 3;
    own_ms = least_ms + draw_below(tracing_, reach_ms - least_ms + 1);
  }
  EDGESPAN_ASSERT(few_assertions || (own_ms >= least_ms && own_ms <= most_ms));
  {
    const ConsumerLock lock{tracing_};
    ++tracing_.ledger.sums.retries;
    if (result.outcome == Outcome::suspect) ++tracing_.ledger.sums.suspect;
  }
  const std::uint32_t asked = asked_ms(result, tracing_.wall_us());
  return pause(now_us, std::max(own_ms, asked), asked == 0 ? Phase::pausing : Phase::pausing_as_asked);
}

std::uint32_t BatchOfferer::pause(std::uint64_t now_us, std::uint32_t pause_ms, Phase phase) noexcept {
  EDGESPAN_ASSERT(few_assertions || pause_ms >= config_.retry_min_ms);
  EDGESPAN_ASSERT(few_assertions || phase >= Phase::pausing);
  date_offset_us_ = date_offset_us(tracing_, now_us);
  paused_us_ = now_us;
  pause_ms_ = pause_ms;
  phase_ = phase;
  return pause_left_us(now_us);
}

// A pause because of the date ends when the date is set.
std::uint32_t BatchOfferer::pause_left_us(std::uint64_t now_us) noexcept {
  constexpr std::uint64_t step_us = 60 * us_per_s;  // more than any drift within a pause
  const std::uint32_t rest_us = wait_us(now_us, paused_us_, pause_ms_);
  if (!is_about_the_date(last_outcome())) return rest_us;
  const std::uint64_t moved_us = date_offset_us(tracing_, now_us) - date_offset_us_;
  const bool stepped = moved_us + step_us > 2 * step_us;
  return stepped ? 0 : rest_us;
}

// Drawn from the upper half of the longest pause.
std::uint32_t BatchOfferer::long_pause_ms() noexcept {
  const std::uint32_t most_ms = config_.retry_max_ms;
  return std::max(most_ms - draw_below(tracing_, most_ms / 2 + 1), config_.retry_min_ms);
}

void BatchOfferer::drop_batch() noexcept {
  EDGESPAN_ASSERT(few_assertions || holds_batch() == !cutter_.empty());
  sender_.cancel(sender_.ctx);
  if (cutter_.empty()) return;
  cutter_.choose_rest();
  settle(UINT32_MAX, DropReason::shutdown);
  EDGESPAN_ASSERT(few_assertions || (cutter_.empty() && tracing_.ledger.sums.in_batch == 0));
}

}  // namespace edgespan::detail
