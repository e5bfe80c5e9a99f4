// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <edgespan/port.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <edgespan/books.hpp>
#include <edgespan/sender.hpp>
#include <edgespan/status.hpp>
#include <edgespan/tracing.hpp>

namespace edgespan {

namespace detail {
struct ReporterState;
}

struct ReporterConfig {
  std::uint32_t flush_ms = 1'000;        // 1 or more: the longest from a span's finish to its first offer
  std::uint32_t retry_min_ms = 1'000;    // 1 or more: bounds of the pause after a failed offer
  std::uint32_t retry_max_ms = 300'000;  // not less than retry_min_ms
};

// Takes finished spans out of a Tracing, in batches, and offers each batch to a sender until the collector
// has accepted or refused it. Every offer of a batch carries the same bytes. The work is done by step(), on
// the port's thread (start) or by whoever calls it.
//
// - A batch is offered when it is full, by flush(), by uplink_ready(), and flush_ms after the first of its
//   spans was finished; later if step() is called late, or if a batch before it is still under way.
// - After a failed offer there is a pause of random length. It is at least as long as the collector asks for,
//   within a second and an hour. Meanwhile only a full ring drops spans.
// - A batch that is too large is cut in half, and half of its size bounds what is offered for a day. A span
//   that is too large by itself is dropped.
// - In a batch that is malformed the bad span is searched for by halves, and it alone is dropped. That is
//   done once a batch, and only if the collector has accepted something since the last search began;
//   otherwise the whole batch is dropped.
// - An unauthorized batch is dropped, and a long pause follows. A long pause follows a rejected certificate
//   too, which drops nothing.
// - A span's date is the wall clock's when its batch is made. A batch that waits for its collector while the
//   clock is set keeps the old dates: a part of it may have arrived, and every offer carries the same bytes.
// - In a forked child flush() and stop() answer Status::forked at once, and step() does nothing.
//
// Pinned: it is neither copied nor moved.
class Reporter {
 public:
  Reporter() noexcept = default;
  ~Reporter();  // stop(0)
  Reporter(const Reporter&) = delete;
  Reporter& operator=(const Reporter&) = delete;

  // Keeps `tracing`, and copies the sender's table; what `sender.ctx` points to is kept. One reporter a
  // tracing. Status::not_started if `tracing` is not initialised; bad_config for a config outside the ranges
  // above, or a table with a null; already_started the second time.
  Status init(Tracing& tracing, const Sender& sender, const ReporterConfig& config = {}) noexcept;

  // Has step() called by the port's thread. Copies the table `worker`; what its `ctx` points to outlives the
  // call of stop(). Status::no_thread if the port has no thread to give, or the board none at all; bad_config
  // for a table with a null; already_started the second time and after stop(); not_started before init().
  Status start(const edgespan_worker& worker) noexcept;

  // Does one bounded slice of work. Returns in how many microseconds to call again at the latest. Any thread;
  // while another thread is inside, it returns at once, with a short time. Never blocks.
  std::uint64_t step() noexcept;

  // Tells that the uplink is there ("modem is up"). What is held leaves now, without waiting for flush_ms or
  // for the end of a pause after a failure. A pause that the collector asked for goes on, and so does the one
  // after an unauthorized batch. Any thread; never blocks.
  void uplink_ready() noexcept;

  // Sends what is held now, without waiting for flush_ms. Status::ok once every span that was finished before
  // the call is delivered or dropped; timeout if that took longer than `timeout_ms`. Waits that long at most.
  // posix::Port puts off a pthread_cancel() of the thread until the call returns.
  Status flush(std::uint32_t timeout_ms) noexcept;

  // Tries to deliver what is held, as after uplink_ready(), for `deadline_ms` at most. Then tracing is off,
  // the thread has ended, the sender's offer is cancelled, and what is left is dropped and counted
  // (DropReason::shutdown). Status::timeout if anything was left. Returns by the deadline, whatever the
  // collector does. Further calls return ok.
  Status stop(std::uint32_t deadline_ms) noexcept;

  // How the last offer ended that is not pending: for people. Any thread.
  Outcome last_outcome() const noexcept;  // pending: none has ended yet
  TlsCause last_cause() const noexcept;
  std::uint16_t last_status() const noexcept;

 private:
  detail::ReporterState* state_ = nullptr;  // in storage_; null before init()
  alignas(8) std::array<std::byte, 136 + 8 * sizeof(void*)> storage_{};
};

}  // namespace edgespan
