// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <edgespan/reporter.hpp>

#include "core/batch_cutter.hpp"
#include "core/tracing_state.hpp"

namespace edgespan::detail {

// Collects spans into the batch, offers the batch to the sender, and pauses between offers. This is the work
// of Reporter::step.
class BatchOfferer {
 public:
  BatchOfferer(TracingState& tracing, const Sender& sender, const ReporterConfig& config) noexcept;

  // Does one bounded slice of work. Returns in how many microseconds to call again at the latest. One thread
  // at a time.
  std::uint32_t advance(std::uint64_t now_us) noexcept;

  // Cancels the offer that is pending, and drops the batch. Nothing else may be advancing; the last call.
  void drop_batch() noexcept;

  // Any thread, from here on.

  // What is held leaves at the next advance(); see Reporter::uplink_ready.
  void uplink_ready() noexcept { ready_.store(true, std::memory_order_release); }

  // While anybody hurries, batches leave without waiting for flush_ms.
  void hurry() noexcept { hurrying_.fetch_add(1, std::memory_order_release); }
  void end_hurry() noexcept { hurrying_.fetch_sub(1, std::memory_order_release); }

  // False only if no span that has left the ring is in the batch.
  bool holds_batch() const noexcept { return holding_.load(std::memory_order_acquire) != 0; }
  // Counts the batches of which every span was delivered or dropped; wraps at 2^32.
  std::uint32_t batches_settled() const noexcept { return batches_settled_.load(std::memory_order_acquire); }

  Outcome last_outcome() const noexcept { return last_outcome_.load(std::memory_order_relaxed); }
  TlsCause last_cause() const noexcept { return last_cause_.load(std::memory_order_relaxed); }
  std::uint16_t last_status() const noexcept { return last_status_.load(std::memory_order_relaxed); }

 private:
  enum class Phase : std::uint8_t {
    collecting,        // the batch grows until it is due
    offering,          // a portion of the batch is with the sender, or is next
    pausing,           // after a failed offer; uplink_ready() ends it
    pausing_as_asked,  // the collector asked for it; uplink_ready() does not end it
  };

  bool has_nothing() const noexcept;
  std::uint32_t collect(std::uint64_t now_us) noexcept;
  inline void fill() noexcept;
  inline void heed_ready() noexcept;
  std::uint32_t offer(std::uint64_t now_us) noexcept;
  void count_sent(const SendResult& result) noexcept;
  std::uint32_t answered(std::uint64_t now_us, const SendResult& result) noexcept;
  bool cut(std::uint64_t now_us, Outcome outcome) noexcept;
  void settle(std::uint32_t dropped, DropReason reason) noexcept;
  std::uint32_t back_off(std::uint64_t now_us, const SendResult& result) noexcept;
  std::uint32_t pause(std::uint64_t now_us, std::uint32_t pause_ms, Phase phase) noexcept;
  std::uint32_t pause_left_us(std::uint64_t now_us) noexcept;
  std::uint32_t long_pause_ms() noexcept;

  TracingState& tracing_;
  const Sender sender_;
  const ReporterConfig config_;
  BatchCutter cutter_;
  std::uint64_t batch_since_us_ = 0;  // when the first of its spans was finished
  std::uint64_t paused_us_ = 0;       // when the pause began
  std::uint64_t date_offset_us_ = 0;  // wall against monotonic clock when the pause began
  std::uint32_t pause_ms_ = 0;        // its length; the next one grows from it. 0: the next one is short
  Phase phase_ = Phase::collecting;
  bool begun_ = false;     // this portion has begun to go out before
  bool full_ = false;      // the ring held more than the batch could take
  bool send_now_ = false;  // since uplink_ready(), until what was held has left

  std::atomic<std::uint32_t> hurrying_{0};
  std::atomic<std::uint32_t> holding_{0};
  std::atomic<std::uint32_t> batches_settled_{0};
  std::atomic<bool> ready_{false};
  std::atomic<Outcome> last_outcome_{Outcome::pending};
  std::atomic<TlsCause> last_cause_{TlsCause::none};
  std::atomic<std::uint16_t> last_status_{0};
};

}  // namespace edgespan::detail
