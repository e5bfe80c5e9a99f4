// SPDX-License-Identifier: Apache-2.0
// What a span costs while a limit of core is reached. That it was is looked up in the agent's books.
#include "cost/counted.hpp"
#include "cost/floor_held.hpp"
#include "cost/subject.hpp"

#include <array>
#include <atomic>
#include <cstdint>

namespace edgespan::cost {
namespace {

using namespace bench;

constexpr std::uint32_t fills_ring = limits.ring_bytes / 128;

void must_drop(Tracing& tracing, DropReason reason) {
  const Books books = tracing.books();
  must(books.balanced() &&
           books.dropped[static_cast<std::size_t>(reason)] >= rounds.stretches * rounds.each &&
           books.dropped_total() == books.dropped[static_cast<std::size_t>(reason)],
       "drops for this one reason");
}

void ring(std::string_view operation, bool drop_oldest) {
  Subject agent{{.local = local, .drop_oldest = drop_oldest}};
  for (std::uint32_t i = 0; i < fills_ring; ++i) one_span(agent.tracing);
  count(
      operation, edgespan_peer, rounds, [&] { one_span(agent.tracing); }, nothing);
  must_drop(agent.tracing, DropReason::ring_full);
}

template <typename Finish>
void ring_floor(std::string_view operation, Finish finish, bool done) {
  floor::Ring& ring = floor::fresh_ring();
  const Context parent = context;
  while (floor::record(ring, context, {1, 1}, key, topic) != 0) {
  }
  bool last = !done;
  count(
      operation, floor_peer, rounds,
      [&] {
        floor::hold_one(floor::held, *hidden(&parent));
        last = finish(ring, floor::held) != 0;
      },
      [&] { must(last == done, "the floor's full ring"); });
}

void slots() {
  {
    Subject agent;
    std::array<Span, limits.spans_open_max> open;
    for (Span& span : open) span = agent.tracing.child(context);
    count(
        "overload_slots", edgespan_peer, rounds, [&] { one_span(agent.tracing); }, nothing);
    must_drop(agent.tracing, DropReason::no_slot);
  }
  const Context parent = context;
  static std::atomic<std::uint32_t> taken[limits.spans_open_max];
  for (std::atomic<std::uint32_t>& slot : taken) slot.store(1);
  floor::dropped = 0;
  count(
      "overload_slots", floor_peer, rounds,
      [&] {
        floor::Handed span = floor::start_in(taken, *hidden(&parent));
        keep(span);
        if (span.slot == 0) floor::end_without_slot(span);  // nobody asks for its texts
      },
      nothing);
  must(floor::dropped.load() == (rounds.stretches + 1) * rounds.each, "a loss of every span of the floor");
}

}  // namespace

void count_overload() {
  ring("overload_newest", false);
  ring_floor("overload_newest", floor::hold_finish_or_drop, false);
  ring("overload_oldest", true);
  ring_floor("overload_oldest", floor::hold_finish_and_drop_oldest, true);
  slots();
}

}  // namespace edgespan::cost
