// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <edgespan/sim_calls.hpp>
#include <edgespan/sim_clock.hpp>
#include <edgespan/sim_link.hpp>
#include <edgespan/sim_server.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <edgespan/books.hpp>
#include <edgespan/http_sender.hpp>
#include <edgespan/reporter.hpp>
#include <edgespan/tracing.hpp>
#include <string_view>
#include <vector>

#include "judge.hpp"
#include "span_list.hpp"

namespace edgespan::simtest {

// What the oracle holds the agent to.
struct Bounds {
  std::uint32_t batch_bytes = 0;
  std::uint32_t ring_bytes = 0;
  std::uint32_t retry_min_ms = 0;
  std::uint32_t retry_max_ms = 0;
  std::uint32_t connect_ms = 0;
  std::uint32_t request_ms = 0;
  std::uint32_t progress_bytes_per_s = 0;
  std::uint32_t span_deadline_s = 0;
  bool drop_oldest = false;
  std::uint32_t judge_every = 1;  // of the spans that the collector stores, how many nanopb reads
};

inline std::uint64_t dropped(const Books& books, DropReason reason) {
  return books.dropped[static_cast<std::size_t>(reason)];
}

// Watches an agent from outside, with books of its own, and says after every event whether it still keeps its
// word. Knows each span that the agent holds, in order: the ring and the batch are one queue whose front is
// offered, delivered or dropped, and whose end grows with every span that finishes.
class Oracle {
 public:
  Oracle(Tracing& tracing, const Reporter& reporter, const sim::Clock& clock, const sim::Calls& calls,
         const sim::Link& link, const sim::Server& server, const Bounds& bounds);

  // The application has begun a span; it is about to finish one, at most one an event. What it begins and
  // never finishes, the agent ends by a deadline.
  void begun(const MadeSpan& span);
  void finishing(const MadeSpan& span, std::uint64_t end_us);
  // It says that the uplink is there: the pause that is on may end, unless the collector has asked for it.
  void excuse_pause() { pausing_ = pausing_ && asked_for_; }
  // Nothing is expected of a pause any more.
  void end_pause() { pausing_ = false; }
  // The agent is about to be stopped: it ends what is open.
  void expect_stop() { stopping_ = true; }
  // The agent may make calls of the stream until the next check.
  void enter_step() { stepping_ = true; }

  // The collector has got a body. False: it is no list of spans.
  bool receive(std::string_view body, bool stored);

  // Brings the queue up to date with the agent's books; before anything that changes the wall clock, too.
  void sync();
  // After an event. True as long as the agent has kept its word.
  bool check();
  // After Reporter::stop.
  void check_stopped();

  const char* violation() const { return violation_; }  // null: none
  const Books& books() const { return sheets_[sheet_]; }
  std::uint64_t held() const { return end_ - front_; }
  std::uint64_t settled() const { return books().finished - held(); }  // delivered, or dropped
  std::uint64_t refused() const;                    // spans that were dropped after they had left the ring
  std::uint64_t stored() const { return stored_; }  // spans that the collector keeps, repeats included
  std::uint64_t repeats() const { return repeats_; }
  std::uint64_t misfits() const { return misfits_; }    // bodies of a single span that were not stored
  std::uint64_t attempts() const { return attempts_; }  // that followed a pause
  std::uint64_t longest_pause_us() const { return longest_pause_us_; }
  std::uint64_t shortest_pause_us() const { return shortest_pause_us_; }
  std::uint64_t worst_time_error_us() const { return worst_time_error_us_; }
  std::uint64_t pause_max_us() const;                                 // that the agent may be in now
  std::uint64_t refusals_waited() const { return refusals_waited_; }  // pauses after 401 and 403
  std::uint64_t hash() const { return hash_; }
  void log(std::uint32_t event);

  // The true time is the monotonic clock's and this; only worst_time_error_us() needs it.
  void set_truth(std::uint64_t offset_us) { truth_offset_us_ = offset_us; }

 private:
  struct Held {
    MadeSpan made;  // without an id: one of those that the agent ended itself
    std::uint64_t duration_us = 0;
    std::uint64_t offset_us = 0;      // wall against monotonic clock when it joined the batch
    std::uint64_t digest = 0;         // of its bytes when they first arrived
    std::uint64_t resent_before = 0;  // Books::resent when it joined the batch
    std::uint32_t stored = 0;         // how often the collector stored it
  };
  static constexpr std::uint64_t held_max = 1 << 11;
  static_assert((held_max & (held_max - 1)) == 0);

  Held& at(std::uint64_t number) { return queue_[number & (held_max - 1)]; }
  bool fail(const char* text);
  void evict(std::uint64_t count);
  void settle(std::uint64_t delivered, std::uint64_t dropped);
  bool arrived(const WireSpan& span, Held& held, bool stored);
  bool identify(const WireSpan& span, Held& held);
  void forget_open(std::uint64_t id);
  std::uint64_t request_max_us() const;
  void check_books();
  void check_pause();
  void begin_pause(std::uint64_t least_us, bool asked_for);
  void check_deadlines();

  Tracing& tracing_;
  const Reporter& reporter_;
  const sim::Clock& clock_;
  const sim::Calls& calls_;
  const sim::Link& link_;
  const sim::Server& server_;
  const Bounds bounds_;
  const char* violation_ = nullptr;
  std::array<Books, 2>
      sheets_;  // what the agent's books said last, and before; by turns, so that none is copied
  std::size_t sheet_ = 0;
  std::uint64_t dropped_total_;

  std::vector<Held> queue_;
  std::uint64_t front_ = 0;
  std::uint64_t batch_end_ = 0;
  std::uint64_t end_ = 0;
  bool finishing_one_ = false;  // it stands behind the others already
  std::vector<MadeSpan> open_;  // that have a slot, and those that lost it lately

  std::uint64_t stored_ = 0;
  std::uint64_t repeats_ = 0;
  std::uint64_t misfits_ = 0;
  std::uint64_t truth_offset_us_ = 0;
  std::uint64_t worst_time_error_us_ = 0;

  bool stopping_ = false;
  bool stepping_ = false;
  bool pausing_ = false;
  bool asked_for_ = false;
  bool refused_ = false;  // by 401 or 403
  std::uint64_t pause_least_us_ = 0;
  std::uint64_t failed_us_ = 0;
  std::uint64_t asked_us_ = 0;
  std::uint64_t calls_before_ = 0;
  std::uint64_t retries_before_ = 0;
  std::uint64_t refused_before_ = 0;
  std::uint64_t refusals_waited_ = 0;
  bool exchanging_ = false;
  std::uint64_t exchange_since_us_ = 0;
  std::uint64_t answers_before_ = 0;
  std::uint64_t sends_before_ = 0;
  std::uint64_t connections_before_ = 0;
  std::uint64_t attempts_ = 0;
  std::uint64_t longest_pause_us_ = 0;
  std::uint64_t shortest_pause_us_ = UINT64_MAX;
  std::uint64_t hash_ = 0x243F6A8885A308D3;
};

}  // namespace edgespan::simtest
