// SPDX-License-Identifier: Apache-2.0
// The reporter's way from collecting spans to the answer of a sender.
#include <algorithm>
#include <edgespan/reporter.hpp>

#include "core/batch.hpp"
#include "core/consumer_lock.hpp"
#include "core/elapsed.hpp"
#include "core/ids.hpp"
#include "core/open_spans.hpp"

namespace edgespan {
namespace {

using detail::left_us;
using detail::step_every_us;
using detail::us_per_ms;
using detail::within_step_us;

constexpr std::uint64_t busy_again_us = 1'000;  // somebody else is inside step()

}  // namespace

Status Reporter::init(Tracing& tracing, const Sender& sender, const ReporterConfig& config) noexcept {
  if (tracing_ != nullptr) return Status::already_started;
  if (detail::state_of(tracing).epoch == 0) return Status::not_started;
  if (config.flush_ms == 0 || config.retry_min_ms == 0 || config.retry_max_ms < config.retry_min_ms ||
      sender.offer == nullptr || sender.cancel == nullptr) {
    return Status::bad_config;
  }
  tracing_ = &tracing;
  sender_ = sender;
  config_ = config;
  return Status::ok;
}

Reporter::~Reporter() {
  if (tracing_ != nullptr) (void)stop(0);
}

Status Reporter::start(const edgespan_worker& worker) noexcept {
  if (tracing_ == nullptr) return Status::not_started;
  if (worker_.start != nullptr || stopped_) return Status::already_started;
  if (worker.start == nullptr || worker.wake == nullptr || worker.stop == nullptr) return Status::bad_config;
  const auto step = [](void* self) { return static_cast<Reporter*>(self)->step(); };
  worker_ = worker;
  if (!worker_.start(worker_.ctx, step, this)) {
    worker_ = {};
    return Status::no_thread;
  }
  detail::state_of(*tracing_).worker.store(&worker_, std::memory_order_release);
  return Status::ok;
}

bool Reporter::enter() noexcept {
  std::uint32_t open = 0;
  return stepping_.compare_exchange_strong(open, 1, std::memory_order_acquire, std::memory_order_relaxed);
}

std::uint64_t Reporter::step() noexcept {
  if (tracing_ == nullptr || tracing_->forked() || !enter()) return busy_again_us;
  std::uint32_t again_us = step_every_us;
  if (!stopped_) {
    detail::TracingState& state = detail::state_of(*tracing_);
    const std::uint64_t now_us = state.now_us();
    detail::seed(state);
    keep_house(now_us);
    again_us = advance(now_us);
  }
  leave();
  return again_us;
}

void Reporter::keep_house(std::uint64_t now_us) noexcept {
  if (now_us - house_kept_us_ < step_every_us) return;
  house_kept_us_ = now_us;
  sweep(now_us, false);
  detail::TracingState& state = detail::state_of(*tracing_);
  const detail::ConsumerLock lock{state};
  detail::fold_counters(state);
}

// Ends spans, as sweep_spans() does, here and in the agent's other parts.
void Reporter::sweep(std::uint64_t now_us, bool all) noexcept {
  detail::TracingState& state = detail::state_of(*tracing_);
  const Housekeeper* keeper = state.housekeepers.load(std::memory_order_acquire);
  for (; keeper != nullptr; keeper = keeper->next) keeper->sweep(keeper->ctx, now_us, all);
  detail::sweep_spans(state, now_us, all);
}

// Goes on with the batch. `underway_` rises before a span leaves the ring, so that a flush which sees the
// span gone waits for this batch.
void Reporter::fill() noexcept {
  detail::TracingState& state = detail::state_of(*tracing_);
  underway_.store(1, std::memory_order_relaxed);
  const detail::Taken taken = detail::take_spans(state, state.memory.batch.subspan(batch_used_));
  full_ = more_ = taken.full;
  // While nothing can leave, to be woken again by a ring that fills would be of no use.
  if (taken.spans != 0) state.wake_sent.store(0, std::memory_order_relaxed);
  batch_used_ += taken.bytes;
  batch_spans_ += taken.spans;
  if (batch_spans_ == 0) underway_.store(0, std::memory_order_release);
}

bool Reporter::due(std::uint64_t now_us) const noexcept {
  if (batch_spans_ == 0) return false;
  return full_ || send_now_ || hurry_.load(std::memory_order_acquire) != 0 ||
         left_us(now_us, batch_begun_us_, config_.flush_ms * us_per_ms) == 0;
}

// What uplink_ready() left behind.
void Reporter::heed_ready() noexcept {
  if (!ready_.load(std::memory_order_acquire)) return;
  ready_.store(false,
               std::memory_order_relaxed);  // nobody else clears it, and ARMv6-M cannot exchange a byte
  send_now_ = true;
  if (phase_ != Phase::waiting || !asked_for_) pause_ms_ = 0;
}

std::uint32_t Reporter::advance(std::uint64_t now_us) noexcept {
  heed_ready();
  if (phase_ == Phase::waiting) {
    const std::uint32_t wait_us = pause_left_us(now_us);
    if (wait_us != 0) return wait_us;
    phase_ = batch_spans_ == 0 ? Phase::collecting : Phase::offering;
  }
  if (phase_ == Phase::collecting) {
    if (batch_spans_ == 0) batch_begun_us_ = now_us;
    if (!full_) fill();
    if (!due(now_us)) {
      send_now_ = false;  // nothing is held
      return within_step_us(left_us(now_us, batch_begun_us_, config_.flush_ms * us_per_ms));
    }
    send_now_ = send_now_ && more_;
    phase_ = Phase::offering;
  }
  return offer(now_us);
}

std::uint32_t Reporter::offer(std::uint64_t now_us) noexcept {
  if (portion_.spans == 0) choose_portion(now_us);
  const detail::Bytes batch = detail::state_of(*tracing_).memory.batch;
  const detail::Bytes portion = batch.first(portion_.end).subspan(portion_.begin);
  const SendResult result = sender_.offer(sender_.ctx, portion, now_us);
  count_sent(result);
  return result.state == SendState::pending ? within_step_us(result.again_us) : answered(now_us, result);
}

void Reporter::count_sent(const SendResult& result) noexcept {
  if (result.sent_bytes == 0 && result.begun == 0) return;
  const std::uint32_t first = !begun_ && result.begun != 0 ? 1 : 0;
  begun_ = begun_ || result.begun != 0;
  detail::TracingState& state = detail::state_of(*tracing_);
  const detail::ConsumerLock lock{state};
  state.ledger.sums.bytes_sent += result.sent_bytes;
  state.ledger.sums.resent += result.begun - first;
}

void Reporter::uplink_ready() noexcept {
  if (tracing_ == nullptr) return;
  ready_.store(true, std::memory_order_release);
  const edgespan_worker* worker = detail::state_of(*tracing_).worker.load(std::memory_order_acquire);
  if (worker != nullptr) worker->wake(worker->ctx);
}

}  // namespace edgespan
