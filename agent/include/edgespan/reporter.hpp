// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <edgespan/port.h>

#include <atomic>
#include <cstdint>
#include <edgespan/books.hpp>
#include <edgespan/sender.hpp>
#include <edgespan/status.hpp>
#include <edgespan/tracing.hpp>

namespace edgespan {

struct ReporterConfig {
  std::uint32_t flush_ms = 1'000;        // 1 or more: the longest a span waits for its batch to fill
  std::uint32_t retry_min_ms = 1'000;    // 1 or more: bounds of the pause after a failed offer
  std::uint32_t retry_max_ms = 300'000;  // not less than retry_min_ms
  std::uint32_t server_error_tries = 3;  // 1 or more: offers of a batch that is answered with a plain 500
};

// Takes finished spans out of a Tracing, in batches, and offers each batch, always the same bytes, until it
// is delivered or refused. The work is done by step(), on the port's thread (start) or by whoever calls it.
// Pinned.
class Reporter {
 public:
  Reporter() noexcept = default;
  ~Reporter();  // stop(0)
  Reporter(const Reporter&) = delete;
  Reporter& operator=(const Reporter&) = delete;

  // Keeps `tracing` and what the sender's table points to. One reporter a tracing.
  Status init(Tracing& tracing, const Sender& sender, const ReporterConfig& config = {}) noexcept;

  // Gives the work to the port's thread. Status::no_thread if there is none to be had.
  Status start(const edgespan_worker& worker) noexcept;

  // One bounded slice of work; returns in how many microseconds to call again at the latest. Any thread, but
  // while another is inside, it returns at once with a short time. Never blocks.
  std::uint64_t step() noexcept;

  // Sends what is held now, without waiting for flush_ms. Status::ok once every span that was finished before
  // the call is delivered or dropped; Status::timeout if that took longer than `timeout_ms`. Waits up to
  // `timeout_ms`.
  Status flush(std::uint32_t timeout_ms) noexcept;

  // Tries to deliver what is held until `deadline_ms` have passed, then ends: tracing goes off, the thread is
  // ended, the sender is abandoned, what is left is dropped and counted (DropReason::shutdown).
  // Status::timeout if there was anything left. Returns by the deadline, whatever the peer does. Later calls
  // return ok.
  Status stop(std::uint32_t deadline_ms) noexcept;

  // How the last offer ended, for people: reason, HTTP status. Any thread.
  SendReason last_reason() const noexcept {
    return static_cast<SendReason>(last_reason_.load(std::memory_order_relaxed));
  }
  std::uint16_t last_status() const noexcept { return last_status_.load(std::memory_order_relaxed); }

 private:
  enum class Phase : std::uint8_t { collecting, offering, waiting };

  void fill(std::uint64_t now_us) noexcept;
  bool due(std::uint64_t now_us) const noexcept;
  std::uint64_t advance(std::uint64_t now_us) noexcept;
  std::uint64_t offer(std::uint64_t now_us) noexcept;
  void settle_delivered() noexcept;
  void settle_dropped(DropReason reason) noexcept;
  void back_off(std::uint64_t now_us, const SendResult& result) noexcept;
  void keep_house(std::uint64_t now_us) noexcept;
  Status wait_until_sent(std::uint64_t started_us, std::uint64_t limit_us) noexcept;
  bool enter() noexcept;
  void leave() noexcept { stepping_.store(0, std::memory_order_release); }
  void drop_rest() noexcept;

  Tracing* tracing_ = nullptr;
  Sender sender_{};
  ReporterConfig config_{};
  const edgespan_worker* worker_ = nullptr;
  std::atomic<std::uint32_t> stepping_{0};  // whoever is inside step()
  std::atomic<std::uint32_t> hurry_{0};  // how many flush() wait: batches leave without waiting for flush_ms
  std::atomic<std::uint32_t> settled_{0};     // batches that were delivered or dropped
  std::atomic<std::uint32_t> collecting_{1};  // 1 while no batch is on its way and none is begun
  std::atomic<std::uint8_t> last_reason_{0};
  std::atomic<std::uint16_t> last_status_{0};
  std::atomic<bool> stopped_{false};

  Phase phase_ = Phase::collecting;
  bool full_ = false;  // the next span did not fit
  bool more_ = false;  // the ring held more when the batch was full
  std::uint32_t batch_used_ = 0;
  std::uint32_t batch_spans_ = 0;
  std::uint32_t next_stripe_ = 0;
  std::uint32_t server_errors_ = 0;  // plain 500s for this batch
  std::uint64_t batch_begun_us_ = 0;
  std::uint64_t failed_us_ = 0;
  std::uint64_t backoff_us_ = 0;
  std::uint64_t house_kept_us_ = 0;
};

}  // namespace edgespan
