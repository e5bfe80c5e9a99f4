// SPDX-License-Identifier: Apache-2.0
// The oracle's queue of spans, against the agent's books and against what the collector gets.
#include "oracle.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <new>
#include <utility>

namespace edgespan::simtest {
namespace {

// Spans that expired and then dropped never arrive, so they stay here; these many are enough for any
// ring.
constexpr std::size_t open_max = 4'096;

std::uint64_t mixed(std::uint64_t hash, std::uint64_t value) {
  return (std::rotl(hash, 23) ^ value) * 0x9E3779B97F4A7C15;
}

// Word by word: they were just written so, and a wider load would wait for its stores.
bool same(const Books& a, const Books& b) {
  static_assert(sizeof(Books) % 8 == 0);
  const auto word = [](const Books& books, std::size_t at) {
    std::uint64_t value;
    std::memcpy(&value, reinterpret_cast<const std::byte*>(&books) + at, sizeof value);
    return value;
  };
  for (std::size_t at = 0; at < sizeof(Books); at += 8) {
    if (word(a, at) != word(b, at)) return false;
  }
  return true;
}

std::uint64_t digest_of(std::string_view bytes) {
  std::uint64_t hash = bytes.size();
  while (bytes.size() >= 8) {
    std::uint64_t word;
    std::memcpy(&word, bytes.data(), 8);
    hash = mixed(hash, word);
    bytes.remove_prefix(8);
  }
  for (const char byte : bytes) hash = mixed(hash, static_cast<unsigned char>(byte));
  return hash ^ hash >> 32;
}

}  // namespace

Oracle::Oracle(Tracing& tracing, const Reporter& reporter, const sim::Clock& clock, const sim::Calls& calls,
               const sim::Link& link, const sim::Server& server, const Bounds& bounds)
    : tracing_(tracing),
      reporter_(reporter),
      clock_(clock),
      calls_(calls),
      link_(link),
      server_(server),
      bounds_(bounds),
      sheets_{tracing.books()},
      dropped_total_(books().dropped_total()),
      queue_(held_max) {
  open_.reserve(open_max + 1);
}

bool Oracle::fail(const char* text) {
  if (violation_ == nullptr) violation_ = text;
  return false;
}

void Oracle::begun(const MadeSpan& span) {
  if (!span.recorded) return;
  if (open_.size() == open_max) open_.erase(open_.begin());
  open_.push_back(span);
}

void Oracle::forget_open(std::uint64_t id) {
  for (std::size_t i = open_.size(); i-- != 0;) {
    if (open_[i].id != id) continue;
    open_.erase(open_.begin() + static_cast<std::ptrdiff_t>(i));
    return;
  }
}

void Oracle::finishing(const MadeSpan& span, std::uint64_t end_us) {
  if (finishing_one_) fail("the workload finished two spans in one event");
  finishing_one_ = true;
  const std::uint64_t elapsed_us = end_us - span.start_us;
  Held& held = at(end_);
  held.made = span;
  held.duration_us = std::max<std::uint64_t>(elapsed_us, 1);
  held.offset_us = held.digest = held.resent_before = held.stored = 0;
  if (span.recorded) forget_open(span.id);
}

// The ring drops its oldest spans; those that are in the batch already are older still, and stay.
void Oracle::evict(std::uint64_t count) {
  if (count > end_ - batch_end_) {
    fail("more spans were dropped from the ring than it held");
    return;
  }
  for (std::uint64_t i = batch_end_; i-- != front_;) at(i + count) = at(i);
  front_ += count;
  batch_end_ += count;
}

void Oracle::settle(std::uint64_t delivered, std::uint64_t dropped) {
  const std::uint64_t count = delivered + dropped;
  if (count == 0) return;
  if (count > end_ - front_) {
    fail("more spans were settled than were held");
    return;
  }
  std::uint64_t known = 0;
  for (std::uint64_t i = 0; i < count; ++i) {
    const Held& span = at(front_ + i);
    if (span.stored == 0) continue;
    ++known;
    repeats_ += span.stored - 1U;
    if (span.stored - 1U > books().resent - span.resent_before) {
      fail("a span arrived more often than the agent counted resends");
    }
  }
  if (known < delivered) fail("a span was counted as delivered that no collector has stored");
  front_ += count;
}

std::uint64_t Oracle::refused() const {
  return dropped_total_ - dropped(books(), DropReason::ring_full) - dropped(books(), DropReason::no_slot);
}

void Oracle::sync() {
  const Books& before = books();
  const Books& now = *new (&sheets_[1 - sheet_]) Books(tracing_.books());
  if (!finishing_one_ && same(now, before)) return;
  sheet_ = 1 - sheet_;
  const std::uint64_t dropped_before = std::exchange(dropped_total_, now.dropped_total());
  const auto delta = [&](DropReason reason) { return dropped(books(), reason) - dropped(before, reason); };
  const std::uint64_t expired = books().expired - before.expired;
  const std::uint64_t no_room = delta(DropReason::no_slot);
  const std::uint64_t ring_full = delta(DropReason::ring_full);
  const std::uint64_t ended = (finishing_one_ ? 1U : 0U) + expired;
  if (books().finished - before.finished != ended) fail("`finished` is not what the application finished");

  const std::uint64_t added = ended - no_room - (bounds_.drop_oldest ? 0 : ring_full);
  if (added > ended || end_ - front_ + added > held_max) {
    fail("more spans were dropped before the ring than were finished");
    return;
  }
  const bool by_application = finishing_one_ && expired == 0;
  if (!by_application) {
    for (std::uint64_t i = 0; i < added; ++i) at(end_ + i) = Held{};
  }
  end_ += added;
  finishing_one_ = false;
  if (bounds_.drop_oldest) evict(ring_full);

  settle(books().delivered - before.delivered, dropped_total_ - dropped_before - no_room - ring_full);
  const std::uint64_t batch_end = front_ + books().in_batch;
  const std::uint64_t offset_us = clock_.wall_us() - clock_.now_us();
  for (std::uint64_t i = std::max(batch_end_, front_); i < batch_end; ++i) {
    at(i).offset_us = offset_us;
    at(i).resent_before = before.resent;
  }
  batch_end_ = batch_end;
}

// Spans that the agent ended itself are known by their ids alone, once they arrive.
bool Oracle::identify(const WireSpan& span, Held& held) {
  for (const MadeSpan& made : open_) {
    if (made.id != span.id) continue;
    if (!stopping_ && span.duration_us < bounds_.span_deadline_s * std::uint64_t{1'000'000}) {
      return fail("a span was taken from its owner before its deadline");
    }
    held.made = made;
    held.made.error = "abandoned";
    held.duration_us = span.duration_us;
    forget_open(span.id);
    return true;
  }
  return fail("a span arrived that nobody made");
}

bool Oracle::arrived(const WireSpan& span, Held& held, bool stored) {
  if (held.made.id == 0 && !identify(span, held)) return false;
  if (held.made.id != span.id || held.made.trace_lo != span.trace_lo) {
    return fail("spans arrived in another order than they ended");
  }
  if (held.duration_us != span.duration_us) return fail("a duration was bent");
  if (held.made.start_us + held.offset_us != span.timestamp_us) {
    return fail("a time stamp is not the true one of its batch");
  }
  const std::uint64_t digest = digest_of(span.bytes);
  if (held.digest == 0) held.digest = digest;
  if (held.digest != digest) return fail("a span was sent again with other bytes");
  const auto error_us = static_cast<std::int64_t>(held.offset_us - truth_offset_us_);
  const auto apart_us = static_cast<std::uint64_t>(error_us < 0 ? -error_us : error_us);
  worst_time_error_us_ = std::max(worst_time_error_us_, apart_us);
  if (!stored) return true;
  ++held.stored;
  if (++stored_ % bounds_.judge_every != 0) return true;
  const char* const wrong = judged(span.bytes, held.made, held.duration_us, held.offset_us);
  return wrong == nullptr || fail(wrong);
}

bool Oracle::receive(std::string_view body, bool stored) {
  sync();
  if (body.empty()) fail("an empty body was sent");
  if (body.size() > bounds_.batch_bytes) fail("a body is larger than the batch");
  std::uint64_t number = front_;
  for (SpanList list{body}; !list.done(); ++number) {
    WireSpan span;
    if (!list.next(span)) return fail("a body is no list of spans");
    if (number == batch_end_) return fail("spans were sent that are not in the batch");
    if (!arrived(span, at(number), stored)) return false;
  }
  if (!stored && number == front_ + 1) ++misfits_;
  return true;
}

void Oracle::log(std::uint32_t event) {
  const Books& b = books();
  hash_ = mixed(hash_, clock_.now_us() << 8 | event);
  hash_ = mixed(hash_, b.finished << 32 ^ b.delivered << 16 ^ b.retries);
  hash_ = mixed(hash_, b.in_ring << 48 ^ b.in_batch << 32 ^ calls_.made_on_stream());
  hash_ = mixed(hash_, dropped_total_ << 32 ^ link_.taken_bytes() << 16 ^ link_.given_bytes());
}

}  // namespace edgespan::simtest
