// SPDX-License-Identifier: Apache-2.0
// The two calls that wait: flush and stop.
#include <algorithm>
#include <edgespan/reporter.hpp>

#include "core/batch.hpp"
#include "core/elapsed.hpp"
#include "core/tracing_state.hpp"

namespace edgespan {
namespace {

using detail::until_us;
using detail::us_per_ms;

constexpr std::uint64_t look_every_us = 1'000;  // how often they look
constexpr std::uint64_t step_pause_us = 100;    // for another thread's step(), which never blocks

}  // namespace

Status Reporter::flush(std::uint32_t timeout_ms) noexcept {
  if (tracing_ == nullptr) return Status::not_started;
  if (tracing_->forked()) return Status::forked;
  if (stopped_) return Status::ok;
  return wait_until_sent(detail::state_of(*tracing_).now_us() + timeout_ms * us_per_ms);
}

// First every span that was in the ring before must have left it, then the batch that holds the last of them
// must be settled. The ring keeps the place, so that spans that come in meanwhile do not keep a flush
// waiting.
Status Reporter::wait_until_sent(std::uint64_t deadline_us) noexcept {
  detail::TracingState& state = detail::state_of(*tracing_);
  const auto marks = [&] {
    const detail::ConsumerLock lock{state};
    return state.ring.marks();
  }();
  const auto left_ring = [&] {
    const detail::ConsumerLock lock{state};
    return state.ring.passed(marks);
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
    if (drained && (underway_.load(std::memory_order_acquire) == 0 ||
                    settled_.load(std::memory_order_acquire) != settled_before)) {
      status = Status::ok;
      break;
    }
    const std::uint64_t wait_us = until_us(state.now_us(), deadline_us);
    if (wait_us == 0) break;
    std::uint64_t pause_us = look_every_us;
    if (worker_.start != nullptr) {
      worker_.wake(worker_.ctx);
    } else {
      pause_us = std::min(step(), look_every_us);
    }
    if (pause_us != 0) state.pause(std::min(pause_us, wait_us));
  }
  hurry_.fetch_sub(1, std::memory_order_release);
  return status;
}

// With the thread gone and step() closed, what is still held will never leave.
void Reporter::drop_rest() noexcept {
  detail::TracingState& state = detail::state_of(*tracing_);
  sender_.cancel(sender_.ctx);
  if (batch_spans_ != 0) {
    portion_ = {.begin = portion_.begin, .end = batch_used_, .spans = batch_spans_};
    settle(false, DropReason::shutdown);
  }
  detail::drop_spans(state, DropReason::shutdown);
}

Status Reporter::stop(std::uint32_t deadline_ms) noexcept {
  if (tracing_ == nullptr) return Status::not_started;
  if (tracing_->forked()) return Status::forked;
  if (stopped_) return Status::ok;
  detail::TracingState& state = detail::state_of(*tracing_);
  const std::uint64_t started_us = state.now_us();
  const std::uint64_t deadline_us = started_us + deadline_ms * us_per_ms;
  tracing_->enable(false);
  while (!enter()) state.pause(step_pause_us);
  sweep(started_us, true);
  leave();
  uplink_ready();
  const Status status = wait_until_sent(deadline_us);
  state.worker.store(nullptr, std::memory_order_release);
  if (worker_.start != nullptr) {
    (void)worker_.stop(worker_.ctx, std::max(until_us(state.now_us(), deadline_us), look_every_us));
  }
  while (!enter()) state.pause(step_pause_us);
  stopped_ = true;
  drop_rest();
  leave();
  return status;
}

}  // namespace edgespan
