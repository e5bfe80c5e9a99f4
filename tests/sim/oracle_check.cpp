// SPDX-License-Identifier: Apache-2.0
// What must hold after every event.
#include <algorithm>

#include "http/http_reply.hpp"
#include "oracle.hpp"

namespace edgespan::simtest {
namespace {

constexpr std::uint64_t us_per_ms = 1'000;
constexpr std::uint64_t us_per_s = 1'000'000;
constexpr std::uint64_t asked_max_us = 3'600 * us_per_s;
// What another thread does in the middle of a step takes this long; the agent looks at the clock once a step.
constexpr std::uint64_t amid_us = 1;
// Of the largest head that the sender can write.
constexpr std::uint64_t head_bytes_max = 700;
// No span on the wire is smaller than its ids and its time.
constexpr std::uint64_t span_bytes_min = 40;

}  // namespace

bool Oracle::check() {
  sync();
  check_books();
  check_pause();
  if (stepping_) check_deadlines();
  stepping_ = false;
  return violation_ == nullptr;
}

void Oracle::check_books() {
  if (!books().balanced()) fail("the books do not balance");
  if (books().in_ring + books().in_batch != end_ - front_) {
    fail("the agent does not hold the spans that are left");
  }
  if (books().in_ring > bounds_.ring_bytes / span_bytes_min) fail("the ring holds more than it can");
  if (books().in_batch > bounds_.batch_bytes / span_bytes_min) fail("the batch holds more than it can");
  if (books().faults != 0) fail("the agent found a contradiction in itself");
  if (!calls_.violations().empty()) fail(calls_.violations().front().c_str());
}

std::uint64_t Oracle::pause_max_us() const {
  return std::max(bounds_.retry_max_ms * us_per_ms, std::min(asked_us_, asked_max_us));
}

void Oracle::check_pause() {
  const std::uint64_t calls = calls_.made_on_stream();
  if (calls != calls_before_ && !stepping_) fail("the network was used on a thread of the application");
  const std::uint64_t waited_us = clock_.now_us() - failed_us_;
  if (pausing_ && calls != calls_before_) {
    pausing_ = false;
    ++attempts_;
    longest_pause_us_ = std::max(longest_pause_us_, waited_us);
    shortest_pause_us_ = std::min(shortest_pause_us_, waited_us);
    if (waited_us + amid_us < pause_least_us_) fail("a retry came before its least pause");
  }
  // After a refusal there may be nothing to send.
  if (pausing_ && !refused_ && stepping_ && waited_us >= pause_max_us() + amid_us) {
    fail("a retry did not come by its longest pause");
  }
  calls_before_ = calls;
  // Whatever the agent calls it: the collector said 401 or 403, and spans were dropped.
  const std::uint64_t refused =
      dropped(books(), DropReason::unauthorized) + dropped(books(), DropReason::refused);
  const std::uint32_t said = server_.said();
  if (books().retries != retries_before_) {
    // What the collector asked for binds the agent if it has heard that answer, as it was given.
    const bool heard = said != 0 && said == reporter_.last_status() && !link_.gave_corrupted();
    const std::uint64_t asked_us = heard ? server_.asked_least_us() : 0;
    asked_us_ = server_.asked_us();
    refused_ = false;
    begin_pause(std::max(bounds_.retry_min_ms * us_per_ms, asked_us), asked_us != 0);
  } else if (refused != refused_before_ && (said == 401 || said == 403)) {
    ++refusals_waited_;
    asked_us_ = 0;
    refused_ = true;
    begin_pause(std::max(bounds_.retry_min_ms, bounds_.retry_max_ms / 2) * us_per_ms, true);
  }
  retries_before_ = books().retries;
  refused_before_ = refused;
}

void Oracle::begin_pause(std::uint64_t least_us, bool asked_for) {
  pausing_ = true;
  asked_for_ = asked_for;
  pause_least_us_ = least_us;
  failed_us_ = clock_.now_us();
}

// A second more for what the connection has taken, and one for rounding.
std::uint64_t Oracle::request_max_us() const {
  const std::uint64_t bytes = bounds_.batch_bytes + head_bytes_max;
  return bounds_.request_ms * us_per_ms + (bytes / bounds_.progress_bytes_per_s + 1) * us_per_s;
}

void Oracle::check_deadlines() {
  const std::uint64_t now_us = clock_.now_us();
  const std::uint64_t sends = calls_.made(sim::Call::send);
  const std::uint64_t answers = books().delivered + dropped_total_ + books().retries + books().cuts;
  if (answers != answers_before_) exchanging_ = false;
  if (sends != sends_before_ && (!exchanging_ || link_.connections() != connections_before_)) {
    exchanging_ = answers == answers_before_;
    exchange_since_us_ = now_us;
  }
  answers_before_ = answers;
  sends_before_ = sends;
  connections_before_ = link_.connections();
  if (link_.opening() && now_us - link_.opening_since_us() >= bounds_.connect_ms * us_per_ms + amid_us) {
    fail("a connection attempt outlived its deadline");
  }
  if (!link_.connected()) return;
  if (exchanging_ && now_us - exchange_since_us_ >= request_max_us() + amid_us)
    fail("a request outlived its deadline");
  if (link_.given_bytes() - server_.request_given_from() > http_detail::HttpReply::bytes_max) {
    fail("more was read of a reply than its bound");
  }
}

void Oracle::check_stopped() {
  end_pause();
  check();
  if (books().in_ring + books().in_batch != 0) fail("spans were left uncounted by the stop");
  if (link_.connected() || link_.opening()) fail("a connection outlived the stop");
}

}  // namespace edgespan::simtest
