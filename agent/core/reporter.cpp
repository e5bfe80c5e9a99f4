// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstring>
#include <edgespan/reporter.hpp>

#include "core/batch.hpp"

namespace edgespan {
namespace {

constexpr std::uint64_t us_per_ms = 1'000;
constexpr std::uint64_t house_every_us = 1'000'000;
constexpr std::uint64_t busy_again_us = 1'000;  // somebody else is inside step()
constexpr std::uint64_t look_every_us = 1'000;  // how often flush() looks

std::uint64_t left_us(std::uint64_t now_us, std::uint64_t since_us, std::uint64_t limit_us) noexcept {
  const std::uint64_t elapsed_us = now_us - since_us;
  return elapsed_us >= limit_us ? 0 : limit_us - elapsed_us;
}

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

}  // namespace

Status Reporter::init(Tracing& tracing, const Sender& sender, const ReporterConfig& config) noexcept {
  if (tracing_ != nullptr) return Status::already_started;
  if (tracing.state().epoch == 0) return Status::not_started;
  if (config.flush_ms == 0 || config.retry_min_ms == 0 || config.retry_max_ms < config.retry_min_ms ||
      config.server_error_tries == 0 || sender.offer == nullptr || sender.abandon == nullptr) {
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
  if (worker_ != nullptr || stopped_) return Status::already_started;
  const auto step = [](void* self) { return static_cast<Reporter*>(self)->step(); };
  if (!worker.start(worker.ctx, step, this)) return Status::no_thread;
  worker_ = &worker;
  tracing_->state().worker.store(&worker, std::memory_order_release);
  return Status::ok;
}

bool Reporter::enter() noexcept {
  std::uint32_t open = 0;
  return stepping_.compare_exchange_strong(open, 1, std::memory_order_acquire, std::memory_order_relaxed);
}

std::uint64_t Reporter::step() noexcept {
  if (tracing_ == nullptr || !enter()) return busy_again_us;
  std::uint64_t again_us = house_every_us;
  if (!stopped_) {
    core::TracingState& state = tracing_->state();
    state.wake_sent.store(0, std::memory_order_relaxed);
    const std::uint64_t now_us = state.now_us();
    core::seed(state);
    keep_house(now_us);
    again_us = advance(now_us);
  }
  leave();
  return again_us;
}

void Reporter::keep_house(std::uint64_t now_us) noexcept {
  if (now_us - house_kept_us_ < house_every_us) return;
  house_kept_us_ = now_us;
  core::TracingState& state = tracing_->state();
  for (const core::Housekeeper& keeper : state.housekeepers) {
    if (keeper.sweep != nullptr) keeper.sweep(keeper.ctx, now_us, false);
  }
  core::sweep_spans(state, now_us, false);
}

// Goes on with the batch. `collecting_` falls before a span leaves the ring, so that a flush which sees the
// span gone waits for this batch.
void Reporter::fill(std::uint64_t now_us) noexcept {
  core::TracingState& state = tracing_->state();
  collecting_.store(0, std::memory_order_relaxed);
  const core::Taken taken =
      core::take_spans(state, now_us, next_stripe_, state.memory.batch.subspan(batch_used_));
  full_ = more_ = taken.full;
  if (batch_spans_ == 0) batch_begun_us_ = now_us;
  batch_used_ += taken.bytes;
  batch_spans_ += taken.spans;
  if (batch_spans_ == 0) collecting_.store(1, std::memory_order_release);
}

bool Reporter::due(std::uint64_t now_us) const noexcept {
  if (batch_spans_ == 0) return false;
  return full_ || hurry_.load(std::memory_order_acquire) != 0 ||
         left_us(now_us, batch_begun_us_, config_.flush_ms * us_per_ms) == 0;
}

std::uint64_t Reporter::advance(std::uint64_t now_us) noexcept {
  if (phase_ == Phase::waiting) {
    const std::uint64_t wait_us = left_us(now_us, failed_us_, backoff_us_);
    if (wait_us != 0) return std::min(wait_us, house_every_us);
    phase_ = Phase::offering;
  }
  if (phase_ == Phase::collecting) {
    if (!full_) fill(now_us);
    if (!due(now_us)) {
      const std::uint64_t flush_us = config_.flush_ms * us_per_ms;
      return std::min(batch_spans_ == 0 ? flush_us : left_us(now_us, batch_begun_us_, flush_us),
                      house_every_us);
    }
    phase_ = Phase::offering;
  }
  return offer(now_us);
}

std::uint64_t Reporter::offer(std::uint64_t now_us) noexcept {
  const std::span<const std::byte> batch = tracing_->state().memory.batch.first(batch_used_);
  const SendResult result = sender_.offer(sender_.ctx, batch, now_us);
  if (result.state == SendState::pending) return std::min(result.again_us, house_every_us);
  last_reason_.store(static_cast<std::uint8_t>(result.reason), std::memory_order_relaxed);
  last_status_.store(result.status, std::memory_order_relaxed);
  if (result.state == SendState::delivered) {
    settle_delivered();
    return more_ ? 0 : busy_again_us;
  }
  const bool server_error = result.state == SendState::retry && result.status == 500;
  if (result.state == SendState::refused ||
      (server_error && ++server_errors_ >= config_.server_error_tries)) {
    settle_dropped(drop_reason(result.reason));
    return busy_again_us;
  }
  back_off(now_us, result);
  return std::min(backoff_us_, house_every_us);
}

// Decorrelated jitter: each pause is drawn between the least one and three times the last one, so that a
// fleet that lost its collector at one moment does not come back at one moment.
void Reporter::back_off(std::uint64_t now_us, const SendResult& result) noexcept {
  core::TracingState& state = tracing_->state();
  const std::uint64_t least_us = config_.retry_min_ms * us_per_ms;
  const std::uint64_t most_us = config_.retry_max_ms * us_per_ms;
  const std::uint64_t reach_us = std::max<std::uint64_t>(backoff_us_, least_us) * 3 - least_us;
  backoff_us_ = std::min(least_us + core::random_id(state) % (reach_us + 1), most_us);
  backoff_us_ = std::max(backoff_us_, result.retry_after_us);
  failed_us_ = now_us;
  phase_ = Phase::waiting;
  const core::ConsumerLock lock{state};
  ++state.ledger.retries;
}

void Reporter::settle_delivered() noexcept {
  core::TracingState& state = tracing_->state();
  {
    const core::ConsumerLock lock{state};
    state.ledger.delivered += batch_spans_;
    state.ledger.in_batch -= batch_spans_;
    state.ledger.bytes_delivered += batch_used_;
    ++state.ledger.batches;
  }
  backoff_us_ = 0;
  batch_spans_ = batch_used_ = server_errors_ = 0;
  full_ = false;
  phase_ = Phase::collecting;
  settled_.fetch_add(1, std::memory_order_release);
  collecting_.store(1, std::memory_order_release);
}

void Reporter::settle_dropped(DropReason reason) noexcept {
  core::TracingState& state = tracing_->state();
  {
    const core::ConsumerLock lock{state};
    state.ledger.dropped[static_cast<std::size_t>(reason)] += batch_spans_;
    state.ledger.in_batch -= batch_spans_;
  }
  batch_spans_ = batch_used_ = server_errors_ = 0;
  full_ = false;
  phase_ = Phase::collecting;
  settled_.fetch_add(1, std::memory_order_release);
  collecting_.store(1, std::memory_order_release);
}

Status Reporter::flush(std::uint32_t timeout_ms) noexcept {
  if (tracing_ == nullptr) return Status::not_started;
  if (stopped_) return Status::ok;
  return wait_until_sent(tracing_->state().now_us(), timeout_ms * us_per_ms);
}

// First every span that was accepted before must have left the ring, then the batch that holds the last of
// them must be settled. Both are seen from counters, so that spans that come in meanwhile do not keep a flush
// waiting.
Status Reporter::wait_until_sent(std::uint64_t started_us, std::uint64_t limit_us) noexcept {
  core::TracingState& state = tracing_->state();
  std::uint32_t accepted[core::stripes];
  for (std::uint32_t i = 0; i < core::stripes; ++i) {
    accepted[i] = state.ring.counters(i).accepted.load(std::memory_order_acquire);
  }
  const auto left_ring = [&] {
    for (std::uint32_t i = 0; i < core::stripes; ++i) {
      if (static_cast<std::int32_t>(state.ring.popped(i) - accepted[i]) < 0) return false;
    }
    return true;
  };
  hurry_.fetch_add(1, std::memory_order_release);
  Status status = Status::timeout;
  bool drained = false;
  std::uint32_t settled_before = 0;
  for (;;) {
    if (!drained && left_ring()) {
      drained = true;
      settled_before = settled_.load(std::memory_order_acquire);
    }
    if (drained && (collecting_.load(std::memory_order_acquire) != 0 ||
                    settled_.load(std::memory_order_acquire) != settled_before)) {
      status = Status::ok;
      break;
    }
    const std::uint64_t wait_us = left_us(state.now_us(), started_us, limit_us);
    if (wait_us == 0) break;
    std::uint64_t pause_us = look_every_us;
    if (worker_ != nullptr) {
      worker_->wake(worker_->ctx);
    } else {
      pause_us = std::min(step(), look_every_us);
    }
    if (pause_us != 0) state.clock->pause(state.clock->ctx, std::min(pause_us, wait_us));
  }
  hurry_.fetch_sub(1, std::memory_order_release);
  return status;
}

// With the thread gone and step() closed, what is still held will never leave.
void Reporter::drop_rest() noexcept {
  core::TracingState& state = tracing_->state();
  sender_.abandon(sender_.ctx);
  if (batch_spans_ != 0) settle_dropped(DropReason::shutdown);
  core::drop_spans(state, DropReason::shutdown);
}

Status Reporter::stop(std::uint32_t deadline_ms) noexcept {
  if (tracing_ == nullptr) return Status::not_started;
  if (stopped_) return Status::ok;
  core::TracingState& state = tracing_->state();
  const std::uint64_t started_us = state.now_us();
  const std::uint64_t limit_us = deadline_ms * us_per_ms;
  tracing_->enable(false);
  for (const core::Housekeeper& keeper : state.housekeepers) {
    if (keeper.sweep != nullptr) keeper.sweep(keeper.ctx, started_us, true);
  }
  if (core::sweep_spans(state, started_us, true)) {
    state.clock->pause(state.clock->ctx, look_every_us);  // an owner that is inside a call leaves it
    core::sweep_spans(state, state.now_us(), true);
  }
  const Status status = wait_until_sent(started_us, limit_us);
  state.worker.store(nullptr, std::memory_order_release);
  if (worker_ != nullptr) {
    (void)worker_->stop(worker_->ctx, std::max(left_us(state.now_us(), started_us, limit_us), look_every_us));
  }
  while (!enter()) state.clock->pause(state.clock->ctx, 100);  // step() never blocks, so this is short
  stopped_ = true;
  drop_rest();
  leave();
  return status;
}

}  // namespace edgespan
