// SPDX-License-Identifier: Apache-2.0
// What the answer to an offer does: settles the portion, cuts it, or begins a pause.
#include <algorithm>
#include <edgespan/reporter.hpp>

#include "core/consumer_lock.hpp"
#include "core/elapsed.hpp"
#include "core/elements.hpp"
#include "core/ids.hpp"
#include "core/tracing_state.hpp"

namespace edgespan {
namespace {

using detail::left_us;
using detail::us_per_ms;

constexpr std::uint64_t us_per_s = 1'000'000;
constexpr std::uint32_t again_us = 1'000;
constexpr std::uint32_t asked_min_us = 1'000'000;  // bounds of what a collector may ask for
constexpr std::uint32_t asked_max_us = 3'600'000'000;

// Whoever answers 413 for a while, a proxy with a full disk for example, must not make every later request
// carry a single span.
constexpr std::uint64_t learned_for_us = 24 * 3'600 * us_per_s;

DropReason drop_reason(SendReason reason) noexcept {
  switch (reason) {
    case SendReason::http_3xx:
      return DropReason::refused_3xx;
    case SendReason::http_413:
      return DropReason::refused_413;
    case SendReason::http_5xx:
      return DropReason::refused_5xx;
    case SendReason::kafka:
      return DropReason::refused_kafka;
    default:
      return DropReason::refused_4xx;
  }
}

// The pause that the collector asked for, or 0. A moment counts only if it lies ahead by a clock that is set;
// it is turned into a length at once, so that no later step of the date bends it.
std::uint32_t asked_ms(const SendResult& result, std::uint64_t wall_us) noexcept {
  std::uint64_t us = result.retry_after_us;
  const auto ahead_us = static_cast<std::int64_t>(result.retry_at_us - wall_us);
  if (result.retry_at_us != 0 && wall_us != 0 && ahead_us > 0) us = static_cast<std::uint64_t>(ahead_us);
  if (us == 0) return 0;
  const std::uint32_t bounded_us = us < asked_max_us ? static_cast<std::uint32_t>(us) : asked_max_us;
  return (std::max(bounded_us, asked_min_us) + 999) / 1'000;
}

// The collector was reached and not believed: time and a person can mend that, trying again soon cannot.
bool not_believed(SendReason reason) noexcept {
  return reason >= SendReason::unknown_root && reason <= SendReason::bad_certificate;
}

bool is_about_the_date(SendReason reason) noexcept {
  return reason == SendReason::expired || reason == SendReason::not_yet_valid ||
         reason == SendReason::no_clock;
}

// Of the wall clock against the monotonic one; 0 while the date is not known.
std::uint64_t date_offset_us(const edgespan_clock& clock, std::uint64_t now_us) noexcept {
  const std::uint64_t wall_us = clock.wall_us(clock.ctx);
  return wall_us == 0 ? 0 : wall_us - now_us;
}

// One of the numbers below `end`, which is not 0.
std::uint32_t draw_below(detail::TracingState& state, std::uint32_t end) noexcept {
  return static_cast<std::uint32_t>(detail::random_id(state)) % end;
}

bool wants_credentials(const SendResult& result) noexcept {
  return result.status == 401 || result.status == 403;
}

}  // namespace

void Reporter::choose_portion(std::uint64_t now_us) noexcept {
  if (left_us(now_us, learned_us_, learned_for_us) == 0) portion_bytes_below_ = 0;
  if (suspect_end_ <= portion_.begin) suspect_end_ = 0;
  const bool searching = suspect_end_ != 0;
  const detail::Bytes batch =
      detail::state_of(*tracing_).memory.batch.first(searching ? suspect_end_ : batch_used_);
  const detail::Bytes rest = batch.subspan(portion_.begin);
  detail::Run run = detail::elements_within(rest, portion_bytes_below_ - 1);
  if (searching) {
    const detail::Run half = detail::first_half(rest);
    if (half.bytes < run.bytes) run = half;
  }
  portion_.end = portion_.begin + run.bytes;
  portion_.spans = run.spans;
  begun_ = false;
  server_errors_ = 0;
}

// Returns when to go on.
std::uint32_t Reporter::answered(std::uint64_t now_us, const SendResult& result) noexcept {
  last_reason_.store(static_cast<std::uint8_t>(result.reason), std::memory_order_relaxed);
  last_status_.store(result.status, std::memory_order_relaxed);
  if (result.state == SendState::delivered) {
    settle(true, DropReason::shutdown);
    return more_ || batch_spans_ != 0 ? 0 : again_us;
  }
  if (result.state == SendState::refused) return refused(now_us, result);
  if (result.status == 500 && server_errors_++ >= config_.server_error_retries) {
    settle(false, drop_reason(result.reason));
    return again_us;
  }
  return back_off(now_us, result);
}

std::uint32_t Reporter::refused(std::uint64_t now_us, const SendResult& result) noexcept {
  if (cut(now_us, result)) return 0;
  settle(false, drop_reason(result.reason));
  if (!wants_credentials(result)) return again_us;
  return pause(now_us, long_pause_ms(), true);
}

// Whether a smaller portion is to be offered instead.
//
// Too large: half of these bytes is the bound from now on. Malformed: the collector refuses a batch for one
// bad span, so that one is looked for: the half that is offered next either arrives, and it lies behind, or
// is refused, and it lies inside. That takes one request a halving, one for the span itself and one for the
// spans behind it.
bool Reporter::cut(std::uint64_t now_us, const SendResult& result) noexcept {
  const bool too_large = result.reason == SendReason::http_413;
  const bool malformed = result.status == 400;
  if (portion_.spans < 2) {
    if (malformed) suspect_end_ = 0;  // found
    return false;
  }
  if (too_large) {
    portion_bytes_below_ = (portion_.end - portion_.begin) / 2 + 1;
    learned_us_ = now_us;
  } else if (malformed && (suspect_end_ != 0 || (!searched_ && !in_vain_))) {
    suspect_end_ = portion_.end;
    searched_ = true;
  } else {
    return false;
  }
  portion_.spans = 0;
  const detail::ConsumerLock lock{detail::state_of(*tracing_)};
  ++detail::state_of(*tracing_).ledger.sums.cuts;
  return true;
}

// The portion is done with; `reason` says why if it was not delivered.
void Reporter::settle(bool delivered, DropReason reason) noexcept {
  {
    detail::TracingState& state = detail::state_of(*tracing_);
    const detail::ConsumerLock lock{state};
    detail::Ledger& ledger = state.ledger;
    if (delivered) {
      ledger.sums.delivered += portion_.spans;
      ledger.sums.bytes_delivered += portion_.end - portion_.begin;
      ++ledger.sums.batches;
    } else {
      ledger.sums.dropped[static_cast<std::size_t>(reason)] += portion_.spans;
    }
    ledger.sums.in_batch -= portion_.spans;
  }
  if (delivered) {
    pause_ms_ = 0;
    taken_some_ = true;
    in_vain_ = false;
  }
  batch_spans_ -= portion_.spans;
  portion_ = {.begin = portion_.end};
  if (batch_spans_ != 0) return;

  if (searched_ && !taken_some_) in_vain_ = true;
  portion_ = {};
  batch_used_ = suspect_end_ = 0;
  searched_ = taken_some_ = full_ = false;
  phase_ = Phase::collecting;
  settled_.fetch_add(1, std::memory_order_release);
  underway_.store(0, std::memory_order_release);
}

// Decorrelated jitter: each pause is drawn between the least one and three times the last one, so that a
// fleet that lost its collector at one moment does not come back at one moment.
std::uint32_t Reporter::back_off(std::uint64_t now_us, const SendResult& result) noexcept {
  detail::TracingState& state = detail::state_of(*tracing_);
  const std::uint32_t least_ms = config_.retry_min_ms;
  const std::uint32_t most_ms = config_.retry_max_ms;
  std::uint32_t own_ms = 0;
  if (not_believed(result.reason)) {
    own_ms = long_pause_ms();
  } else {
    const std::uint32_t last_ms = std::max(pause_ms_, least_ms);
    const std::uint32_t reach_ms = last_ms > most_ms / 3 ? most_ms : last_ms * 3;
    own_ms = least_ms + draw_below(state, reach_ms - least_ms + 1);
  }
  {
    const detail::ConsumerLock lock{state};
    ++state.ledger.sums.retries;
  }
  const std::uint32_t asked = asked_ms(result, state.wall_us());
  return pause(now_us, std::max(own_ms, asked), asked != 0);
}

std::uint32_t Reporter::pause(std::uint64_t now_us, std::uint32_t pause_ms, bool asked_for) noexcept {
  date_offset_us_ = date_offset_us(detail::state_of(*tracing_).clock, now_us);
  paused_us_ = now_us;
  pause_ms_ = pause_ms;
  asked_for_ = asked_for;
  phase_ = Phase::waiting;
  return detail::within_step_us(pause_ms * us_per_ms);
}

// The upper half of the longest pause, drawn.
std::uint32_t Reporter::long_pause_ms() noexcept {
  const std::uint32_t most_ms = config_.retry_max_ms;
  return std::max(most_ms - draw_below(detail::state_of(*tracing_), most_ms / 2 + 1), config_.retry_min_ms);
}

// A pause for the sake of the date ends when the date is set.
std::uint32_t Reporter::pause_left_us(std::uint64_t now_us) noexcept {
  constexpr std::uint64_t step_us = 60 * us_per_s;  // more than any drift within a pause
  const std::uint32_t wait_us = detail::within_step_us(left_us(now_us, paused_us_, pause_ms_ * us_per_ms));
  if (!is_about_the_date(last_reason())) return wait_us;
  const std::uint64_t moved_us = date_offset_us(detail::state_of(*tracing_).clock, now_us) - date_offset_us_;
  const bool stepped = moved_us + step_us > 2 * step_us;
  return stepped ? 0 : wait_us;
}

}  // namespace edgespan
