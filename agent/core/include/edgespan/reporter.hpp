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
  std::uint32_t flush_ms = 1'000;          // 1 or more: the longest a span waits for its batch to fill
  std::uint32_t retry_min_ms = 1'000;      // 1 or more: bounds of the pause after a failed offer
  std::uint32_t retry_max_ms = 300'000;    // not less than retry_min_ms
  std::uint32_t server_error_retries = 2;  // of a batch that is answered with a plain 500; then it is dropped
};

// Takes finished spans out of a Tracing, in batches, and offers each batch, always the same bytes, until it
// is delivered or refused. The work is done by step(), on the port's thread (start) or by whoever calls it.
//
// - A batch closes when it is full, after flush_ms, by flush() or by uplink_ready().
// - After a failure there is a pause with chance in it; what the collector asks for (Retry-After, held
//   between a second and an hour) is the least of it. Nothing but a full ring drops spans meanwhile.
// - A batch that is too large (413) is cut; the size that was too large by half bounds what is offered for a
//   day. One span that is too large is dropped.
// - Of a batch that is malformed (400) the bad span is looked for by halves, once a batch; it alone is
//   dropped. A collector that has taken nothing since the last such search gets the batch refused whole.
// - Spans get the date of the wall clock when their batch is made. A batch that waits for its collector while
// the
//   clock is set right keeps the date that it has: part of it may have arrived, and a resend is
//   byte-identical.
// - 401 and 403 drop the batch and begin a long pause, as does a certificate that cannot be trusted, which
//   drops nothing.
// - In a forked child flush() and stop() answer Status::forked at once, and step() does nothing.
// Pinned.
class Reporter {
 public:
  Reporter() noexcept = default;
  ~Reporter();  // stop(0)
  Reporter(const Reporter&) = delete;
  Reporter& operator=(const Reporter&) = delete;

  // Keeps `tracing` and what the sender's table points to. One reporter a tracing.
  Status init(Tracing& tracing, const Sender& sender, const ReporterConfig& config = {}) noexcept;

  // Gives the work to the port's thread. Copies the table `worker`; its `ctx` outlives the call of stop().
  // Status::bad_config for a table with a null function, Status::no_thread if the port has no thread to give.
  Status start(const edgespan_worker& worker) noexcept;

  // One bounded slice of work; returns in how many microseconds to call again at the latest. Any thread, but
  // while another is inside, it returns at once with a short time. Never blocks.
  std::uint64_t step() noexcept;

  // The application knows that the uplink is there ("modem is up"): what is held leaves now, without waiting
  // for flush_ms or for the end of a pause after a failure. A pause that an answer of the collector began
  // (Retry-After, 401, 403) goes on. Any thread; never blocks.
  void uplink_ready() noexcept;

  // Sends what is held now, without waiting for flush_ms. Status::ok once every span that was finished before
  // the call is delivered or dropped; Status::timeout if that took longer than `timeout_ms`. Waits up to
  // `timeout_ms`. posix::Port puts off a pthread_cancel() of the thread until the call returns.
  Status flush(std::uint32_t timeout_ms) noexcept;

  // Tries to deliver what is held, at once as after uplink_ready(), until `deadline_ms` have passed, then
  // ends: tracing goes off, the thread is ended, the sender is cancelled, what is left is dropped and counted
  // (DropReason::shutdown). Status::timeout if there was anything left. Returns by the deadline, whatever the
  // peer does. Later calls return ok.
  Status stop(std::uint32_t deadline_ms) noexcept;

  // How the last offer ended, for people: reason, HTTP status. Any thread.
  SendReason last_reason() const noexcept {
    return static_cast<SendReason>(last_reason_.load(std::memory_order_relaxed));
  }
  std::uint16_t last_status() const noexcept { return last_status_.load(std::memory_order_relaxed); }

 private:
  enum class Phase : std::uint8_t { collecting, offering, waiting };

  // A run of whole spans of the batch: what is offered at a time. Mostly that is all of it.
  struct Portion {
    std::uint32_t begin = 0;  // the spans before it are settled
    std::uint32_t end = 0;
    std::uint32_t spans = 0;  // 0: not chosen yet
  };

  // The way from collecting to the answer (core/reporter.cpp).
  bool enter() noexcept;
  void leave() noexcept { stepping_.store(0, std::memory_order_release); }
  void keep_house(std::uint64_t now_us) noexcept;
  void sweep(std::uint64_t now_us, bool all) noexcept;
  void heed_ready() noexcept;
  std::uint32_t advance(std::uint64_t now_us) noexcept;
  std::uint32_t pause_left_us(std::uint64_t now_us) noexcept;
  void fill() noexcept;
  bool due(std::uint64_t now_us) const noexcept;
  std::uint32_t offer(std::uint64_t now_us) noexcept;
  void count_sent(const SendResult& result) noexcept;

  // What an answer does (core/reporter_answer.cpp).
  void choose_portion(std::uint64_t now_us) noexcept;
  std::uint32_t answered(std::uint64_t now_us, const SendResult& result) noexcept;
  std::uint32_t refused(std::uint64_t now_us, const SendResult& result) noexcept;
  bool cut(std::uint64_t now_us, const SendResult& result) noexcept;
  void settle(bool delivered, DropReason reason) noexcept;
  std::uint32_t back_off(std::uint64_t now_us, const SendResult& result) noexcept;
  std::uint32_t pause(std::uint64_t now_us, std::uint32_t pause_ms, bool asked_for) noexcept;
  std::uint32_t long_pause_ms() noexcept;

  // flush and stop (core/reporter_stop.cpp).
  Status wait_until_sent(std::uint64_t deadline_us) noexcept;
  void drop_rest() noexcept;

  Tracing* tracing_ = nullptr;
  Sender sender_{};
  ReporterConfig config_{0, 0, 0, 0};  // zeros until init(): the object then takes no place in a flash image
  edgespan_worker worker_{};           // as given to start(); zeros before
  std::atomic<std::uint32_t> stepping_{0};  // whoever is inside step()
  std::atomic<std::uint32_t> hurry_{0};  // how many flush() wait: batches leave without waiting for flush_ms
  std::atomic<std::uint32_t> settled_{0};   // batches that were delivered or dropped
  std::atomic<std::uint32_t> underway_{0};  // 1 while a batch is begun or on its way
  std::atomic<std::uint8_t> last_reason_{0};
  std::atomic<bool> ready_{false};  // uplink_ready() was called
  std::atomic<std::uint16_t> last_status_{0};
  std::atomic<bool> stopped_{false};

  Phase phase_ = Phase::collecting;
  bool full_ = false;        // the next span did not fit
  bool more_ = false;        // the ring held more when the batch was full
  bool send_now_ = false;    // uplink_ready(): until what was held has left
  bool asked_for_ = false;   // the pause comes from an answer of the collector
  bool begun_ = false;       // the portion has begun to go out before
  bool searched_ = false;    // the bad span of this batch was looked for
  bool in_vain_ = false;     // a search found all spans bad, and the collector has taken none since
  bool taken_some_ = false;  // the collector has taken spans of this batch
  std::uint32_t batch_used_ = 0;
  std::uint32_t batch_spans_ = 0;  // not settled yet
  Portion portion_{};
  std::uint32_t suspect_end_ = 0;          // while a search is on: the bad span lies before it
  std::uint32_t portion_bytes_below_ = 0;  // learned from 413; 0: nothing yet
  std::uint32_t server_errors_ = 0;        // plain 500s for this portion
  std::uint64_t batch_begun_us_ = 0;
  std::uint64_t learned_us_ = 0;      // when portion_bytes_below_ was
  std::uint64_t paused_us_ = 0;       // when the pause began
  std::uint32_t pause_ms_ = 0;        // its length; the next one grows from it
  std::uint64_t date_offset_us_ = 0;  // wall against monotonic clock when the pause began
  std::uint64_t house_kept_us_ = 0;
};

}  // namespace edgespan
