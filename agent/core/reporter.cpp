// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <edgespan/reporter.hpp>
#include <new>

#include "core/batch.hpp"
#include "core/consumer_lock.hpp"
#include "core/elapsed.hpp"
#include "core/housekeepers.hpp"
#include "core/ids.hpp"
#include "core/open_spans.hpp"
#include "core/pause_point.hpp"
#include "core/reporter_state.hpp"

namespace edgespan {
namespace {

using detail::step_every_us;
using detail::until_us;
using detail::us_per_ms;

constexpr std::uint64_t busy_again_us = 1'000;  // another thread is inside step()
constexpr std::uint32_t look_every_us = 1'000;  // how often flush() and stop() look whether they are done
constexpr std::uint64_t step_pause_us = 100;    // for another thread's step(), which never blocks

// Ends spans, as sweep_spans() does, here and in the agent's other parts.
void sweep(detail::TracingState& tracing, std::uint64_t now_us, bool all) noexcept {
  const detail::HouseLock lock{tracing};
  const Housekeeper* keeper = tracing.housekeepers;
  for (; keeper != nullptr; keeper = keeper->next) keeper->sweep(keeper->ctx, now_us, all);
  detail::sweep_spans(tracing, now_us, all);
}

// Has parts put what they hold back into the ring. Only parts that need threads hold anything back.
[[maybe_unused]] void bring_out(detail::TracingState& tracing, std::uint64_t now_us) noexcept {
  const detail::HouseLock lock{tracing};
  const Housekeeper* keeper = tracing.housekeepers;
  for (; keeper != nullptr; keeper = keeper->next) {
    if (keeper->bring_out != nullptr) keeper->bring_out(keeper->ctx, now_us);
  }
}

void keep_house(detail::ReporterState& state, std::uint64_t now_us) noexcept {
  EDGESPAN_ASSERT(detail::few_assertions || state.is_inside());
  if (now_us - state.swept_us < step_every_us) return;
  state.swept_us = now_us;
  sweep(state.tracing, now_us, false);
  const detail::ConsumerLock lock{state.tracing};
  detail::fold_counters(state.tracing);
}

// Tells when every span that was finished before it was made is delivered or dropped: first they must all
// have left the ring, then the batch that holds the last of them must be settled. The ring keeps the place,
// so that spans that come in meanwhile do not count.
class HeldSpans {
 public:
  explicit HeldSpans(detail::ReporterState& state) noexcept : state_{state}, marks_{marks(state.tracing)} {}

  bool settled() noexcept {
    EDGESPAN_ASSERT(detail::few_assertions || state_.tracing.epoch != 0);
    if (!in_batch_) {
      if (!left_ring()) return false;
      in_batch_ = true;
      batches_before_ = state_.offerer.batches_settled();
    }
    return !state_.offerer.holds_batch() || state_.offerer.batches_settled() != batches_before_;
  }

 private:
  static detail::SpanRing::Marks marks(detail::TracingState& tracing) noexcept {
    const detail::ConsumerLock lock{tracing};
    return tracing.ring.marks();
  }
  bool left_ring() const noexcept {
    const detail::ConsumerLock lock{state_.tracing};
    return state_.tracing.ring.passed(marks_);
  }

  detail::ReporterState& state_;
  const detail::SpanRing::Marks marks_;
  std::uint32_t batches_before_ = 0;
  bool in_batch_ = false;  // none of them is in the ring any more
};

Status wait_until_settled(Reporter& reporter, detail::ReporterState& state,
                          std::uint64_t deadline_us) noexcept {
  EDGESPAN_ASSERT(detail::few_assertions || !state.forked());  // a child has nobody who settles
  HeldSpans held{state};
  state.offerer.hurry();
  Status status = Status::ok;
  while (!held.settled()) {
    const std::uint64_t left_us = until_us(state.tracing.now_us(), deadline_us);
    if (left_us == 0) {
      status = Status::timeout;
      break;
    }
    std::uint32_t pause_us = look_every_us;
    if (detail::has_threads && state.worker.start != nullptr) {
      state.worker.wake(state.worker.ctx);
    } else {
      pause_us = std::min(static_cast<std::uint32_t>(reporter.step()), look_every_us);
    }
    if (pause_us != 0) state.tracing.pause(std::min<std::uint64_t>(pause_us, left_us));
  }
  state.offerer.end_hurry();
  return status;
}

// Without threads nobody is inside.
void enter_for_stop(detail::ReporterState& state) noexcept {
  while (!state.enter() && detail::has_threads) state.tracing.pause(step_pause_us);
}

[[maybe_unused]] void stop_worker(detail::ReporterState& state, std::uint64_t deadline_us) noexcept {
  detail::TracingState& tracing = state.tracing;
  tracing.worker.store(nullptr, std::memory_order_release);
  const edgespan_worker& worker = state.worker;
  if (worker.start == nullptr) return;
  EDGESPAN_ASSERT(detail::few_assertions || worker.stop != nullptr);  // as start() took it
  (void)worker.stop(worker.ctx,
                    std::max<std::uint64_t>(until_us(tracing.now_us(), deadline_us), look_every_us));
}

}  // namespace

Status Reporter::init(Tracing& tracing, const Sender& sender, const ReporterConfig& config) noexcept {
  static_assert(sizeof(detail::ReporterState) <= sizeof storage_ && alignof(detail::ReporterState) <= 8);
  static_assert(sizeof(detail::ReporterState) + 8 > sizeof storage_,
                "storage_ is larger than it needs to be");
  if (state_ != nullptr) return Status::already_started;
  if (detail::state_of(tracing).epoch == 0) return Status::not_started;
  if (config.flush_ms == 0 || config.retry_min_ms == 0 || config.retry_max_ms < config.retry_min_ms ||
      sender.offer == nullptr || sender.cancel == nullptr) {
    return Status::bad_config;
  }
  detail::TracingState& inside = detail::state_of(tracing);
  state_ =
      new (storage_.data()) detail::ReporterState{.tracing = inside, .offerer = {inside, sender, config}};
  EDGESPAN_ASSERT(detail::few_assertions ||
                  !inside.memory.batch.empty());  // Tracing::init() refuses one of nothing
  return Status::ok;
}

Reporter::~Reporter() {
  if (state_ != nullptr) (void)stop(0);
}

Status Reporter::start(const edgespan_worker& worker) noexcept {
  if (state_ == nullptr) return Status::not_started;
  if (state_->worker.start != nullptr || state_->has_stopped()) return Status::already_started;
  if (!detail::has_threads) return Status::no_thread;
  if (worker.start == nullptr || worker.wake == nullptr || worker.stop == nullptr) return Status::bad_config;
  EDGESPAN_ASSERT(detail::few_assertions ||
                  state_->tracing.worker.load(std::memory_order_relaxed) == nullptr);
  const auto step = [](void* self) { return static_cast<Reporter*>(self)->step(); };
  state_->worker = worker;
  if (!worker.start(worker.ctx, step, this)) {
    state_->worker = {};
    return Status::no_thread;
  }
  state_->tracing.worker.store(&state_->worker, std::memory_order_release);
  return Status::ok;
}

std::uint64_t Reporter::step() noexcept {
  if (state_ == nullptr || state_->forked() || !state_->enter()) return busy_again_us;
  std::uint32_t again_us = step_every_us;
  if (!state_->has_stopped()) {
    const std::uint64_t now_us = state_->tracing.now_us();
    if (detail::small_code || !state_->tracing.seeded.load(std::memory_order_relaxed)) {
      detail::seed(state_->tracing);
    }
    keep_house(*state_, now_us);
    again_us = state_->offerer.advance(now_us);
    EDGESPAN_ASSERT(detail::few_assertions ||
                    again_us <= step_every_us);  // open spans are looked at that often
  }
  state_->leave();
  return again_us;
}

void Reporter::uplink_ready() noexcept {
  if (state_ == nullptr) return;
  state_->offerer.uplink_ready();
  const edgespan_worker* worker =
      detail::has_threads ? state_->tracing.worker.load(std::memory_order_acquire) : nullptr;
  if (worker != nullptr) worker->wake(worker->ctx);
}

Status Reporter::flush(std::uint32_t timeout_ms) noexcept {
  if (state_ == nullptr) return Status::not_started;
  if (state_->forked()) return Status::forked;
  if (state_->has_stopped()) return Status::ok;
  const std::uint64_t now_us = state_->tracing.now_us();
  if constexpr (detail::has_threads) bring_out(state_->tracing, now_us);
  return wait_until_settled(*this, *state_, now_us + timeout_ms * us_per_ms);
}

Status Reporter::stop(std::uint32_t deadline_ms) noexcept {
  if (state_ == nullptr) return Status::not_started;
  if (state_->forked()) return Status::forked;
  if (state_->has_stopped()) return Status::ok;
  detail::TracingState& tracing = state_->tracing;
  const std::uint64_t started_us = tracing.now_us();
  const std::uint64_t deadline_us = started_us + deadline_ms * us_per_ms;
  tracing.off.store(true, std::memory_order_relaxed);
  enter_for_stop(*state_);
  sweep(tracing, started_us, true);
  state_->leave();
  EDGESPAN_PAUSE_POINT(stop_swept);
  uplink_ready();
  const Status status = wait_until_settled(*this, *state_, deadline_us);
  if constexpr (detail::has_threads) stop_worker(*state_, deadline_us);
  enter_for_stop(*state_);
  state_->stopped.store(true, std::memory_order_relaxed);
  // With the thread gone and step() closed, what is still held will never leave.
  state_->offerer.drop_batch();
  EDGESPAN_ASSERT(detail::few_assertions || !state_->offerer.holds_batch());
  EDGESPAN_PAUSE_POINT(stop_closed);
  tracing.stopped.store(true, std::memory_order_relaxed);
  state_->leave();
  return status;
}

Outcome Reporter::last_outcome() const noexcept {
  return state_ == nullptr ? Outcome::pending : state_->offerer.last_outcome();
}

TlsCause Reporter::last_cause() const noexcept {
  return state_ == nullptr ? TlsCause::none : state_->offerer.last_cause();
}

std::uint16_t Reporter::last_status() const noexcept {
  return state_ == nullptr ? std::uint16_t{0} : state_->offerer.last_status();
}

}  // namespace edgespan
