// SPDX-License-Identifier: Apache-2.0
// A span of the application's own, from its start until it lies encoded in the ring; and the way out again.
#include "bench/floor_drain.hpp"
#include "bench/floor_span.hpp"
#include "cost/counted.hpp"
#include "cost/floor_held.hpp"
#include "cost/subject.hpp"

namespace edgespan::cost {
namespace {

using namespace bench;

constexpr std::uint32_t span_bytes = 135;

void span() {
  {
    Subject agent;
    one_span(agent.tracing);
    must(agent.drain() == span_bytes, "the span of 135 bytes");
    count(
        "span_2tags", edgespan_peer, rounds, [&] { one_span(agent.tracing); }, [&] { agent.drain(); });
    agent.check();
  }
  floor::Ring& ring = floor::fresh_ring();
  const Context parent = context;
  std::uint32_t size = 0;
  count(
      "span_2tags", floor_peer, rounds,
      [&] {
        floor::hold_one(floor::held, *hidden(&parent));
        size = floor::hold_finish_or_drop(ring, floor::held);
      },
      [&] {
        must(size == span_bytes && floor::held.refused == 0, "the floor's span");
        ring.clear();
      });
}

void drain() {
  constexpr Rounds batches{.stretches = 4, .each = between_drains};
  {
    Subject agent;
    const auto refill = [&] {
      for (std::uint32_t i = 0; i < between_drains; ++i) one_span(agent.tracing);
    };
    refill();
    std::size_t bytes = 0;
    count_batches(
        "drain", edgespan_peer, batches, [&] { bytes = agent.drain(); },
        [&] {
          must(bytes == between_drains * span_bytes, "the agent's drain");
          refill();
        });
    agent.check();
  }
  floor::Ring& ring = floor::fresh_ring();
  std::size_t bytes = between_drains * span_bytes;
  const auto refill = [&] {
    must(bytes == between_drains * span_bytes, "the floor's drain");
    ring.end = ring.read = 0;
    for (std::uint32_t i = 0; i < between_drains; ++i) {
      must(floor::record(ring, context, {floor::now_us(), 1}, key, topic) == span_bytes, "the floor's span");
    }
  };
  refill();
  count_batches(
      "drain", floor_peer, batches, [&] { bytes = floor::drain_ring(*hidden(&ring), Subject::memory.batch); },
      refill);
}

}  // namespace

void count_spans() {
  span();
  drain();
}

}  // namespace edgespan::cost
