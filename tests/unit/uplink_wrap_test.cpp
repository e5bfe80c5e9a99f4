// SPDX-License-Identifier: Apache-2.0
// Row 36 of the failure model: clocks and counters that wrap, at each of 600 moments.
#include "core/tracing_state.hpp"
#include "unit/uplink_world.hpp"

namespace {

using namespace edgespan;
using sim::Conduct;
using test::UplinkWorld;

constexpr std::uint64_t second = UplinkWorld<>::second;

EDGESPAN_TEST(the_monotonic_clock_may_wrap_at_any_moment, "uplink") {
  for (std::uint64_t before_us = 1; before_us < 8 * second; before_us += 97'003) {
    TEST_CONTEXT("before_us = " << before_us);
    UplinkWorld t({.flush_ms = 1'000}, {}, std::uint64_t{0} - before_us);
    bool down = true;
    t.collector.conduct = [&] { return Conduct{.open = down ? EDGESPAN_STREAM_UNREACHABLE : 1}; };
    Span span = t.tracing.span("over the wrap");
    t.clock.advance(1 * second);
    span.finish();
    ++t.finished;
    t.run_for(6 * second);
    TEST_ASSERT_GREATER_OR_EQUAL(1, t.books().retries);
    TEST_ASSERT_LESS_OR_EQUAL(5, t.books().retries);
    down = false;
    t.run_for(20 * second);
    TEST_ASSERT_EQUAL(1, t.books().delivered);
    TEST_ASSERT_EQUAL(1 * second, test::spans_of(t.collector.bodies.back()).at(0).duration);
  }
}

EDGESPAN_TEST(counters_of_32_bits_wrap_and_the_books_do_not, "uplink") {
  for (std::uint32_t k = 1; k <= 600; k += test::steps_are_dear ? 7 : 1) {
    for (const std::uint32_t top : {0U, 1U << 31}) {
      TEST_CONTEXT("k = " << k << ", top = " << top);
      UplinkWorld<tiny_limits> t;
      detail::TracingState& state = detail::state_of(t.tracing);
      const std::uint32_t start = top - k;
      state.ring.count_from(start);
      for (std::uint32_t stripe = 0; stripe < detail::stripes; ++stripe) {
        for (auto& dropped : state.ring.counters(stripe).dropped) dropped.store(start);
        state.ledger.sums.delivered += start;
      }
      const Books before = t.books();
      t.finished = before.finished;
      std::uint64_t sent = 0;  // what is counted by the element passes the wrap
      for (; sent < k + 40; sent += 20) {
        t.finish_spans(20);
        TEST_ASSERT_EQUAL(Status::ok, t.reporter.flush(10'000));
      }
      TEST_ASSERT_EQUAL(before.delivered + sent, t.books().delivered);
      const std::uint64_t burst = k + 300;  // more than there is room for, and so do the drops
      t.finish_spans(burst);
      const std::uint64_t full =
          t.dropped(DropReason::ring_full) - before.dropped[static_cast<std::size_t>(DropReason::ring_full)];
      TEST_ASSERT_GREATER_THAN(k, full);
      TEST_ASSERT_EQUAL(before.finished + sent + burst, t.books().finished);
      TEST_ASSERT_EQUAL(burst, t.held() + full);
      TEST_ASSERT_EQUAL(Status::ok, t.reporter.flush(10'000));
      TEST_ASSERT_EQUAL(before.delivered + sent + burst - full, t.books().delivered);
    }
  }
}

}  // namespace
