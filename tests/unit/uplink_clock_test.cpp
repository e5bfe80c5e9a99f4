// SPDX-License-Identifier: Apache-2.0
// Rows 14, 15, 35 and 37 of the failure model: dates that step, boards that sleep, stops at any moment, and
// the ends of calendars.
#include "unit/uplink_world.hpp"

namespace {

using namespace edgespan;
using sim::Conduct;
using test::DecodedSpan;
using test::UplinkWorld;

constexpr std::uint64_t second = UplinkWorld<>::second;
constexpr std::uint64_t wall_us = UplinkWorld<>::wall_us;
constexpr std::int64_t twenty_years = 20LL * 365 * 86'400 * 1'000'000;

// A span of 1.5 s while the date moves under it; returns how it arrived.
DecodedSpan span_over(UplinkWorld<>& t, const std::function<void()>& meanwhile) {
  Span span = t.tracing.span("work");
  t.clock.advance(700'000);
  meanwhile();
  t.clock.advance(800'000);
  span.finish();
  ++t.finished;
  const std::size_t before = t.collector.bodies.size();
  t.run_for(2 * second);
  if (t.collector.bodies.size() != before + 1) TEST_FAIL_MESSAGE("the span did not arrive");
  return test::spans_of(t.collector.bodies.back()).at(0);
}

// Row 14.
EDGESPAN_TEST(a_step_of_the_date_bends_no_duration, "uplink") {
  UplinkWorld t;
  for (const std::int64_t step :
       {twenty_years, -twenty_years, std::int64_t{3'600'000'000}, std::int64_t{-3'600'000'000},
        std::int64_t{1}, std::int64_t{-1'000'000}, std::int64_t{0}}) {
    TEST_CONTEXT("step = " << step);
    TEST_ASSERT_EQUAL(1'500'000, span_over(t, [&] { t.clock.step_wall(step); }).duration);
  }
  for (const std::int32_t drift_ppm : {500, -500, 100'000}) {
    t.clock.set_drift(drift_ppm);
    TEST_ASSERT_EQUAL(1'500'000, span_over(t, [] {}).duration);
  }
}

// When a collector that is away is asked for ten hours, whose date moves by `step` once a minute, there and
// back.
std::vector<std::uint64_t> offers_while_the_date_steps(std::int64_t step) {
  UplinkWorld t;
  t.collector.conduct = [] { return Conduct{.open = EDGESPAN_STREAM_REFUSED}; };
  t.finish_spans(1);
  for (int minute = 0; minute < 600; ++minute) {
    if (step != 0) t.clock.step_wall((minute % 2 != 0 ? 1 : -1) * (step + minute));
    t.run_for(60 * second);
  }
  return t.offered_at;
}

EDGESPAN_TEST(a_step_of_the_date_bends_no_timer, "uplink") {
  const std::vector<std::uint64_t> offered_at = offers_while_the_date_steps(0);
  TEST_ASSERT_GREATER_THAN(120, offered_at.size());
  for (std::size_t i = 1; i < offered_at.size(); ++i) {
    const std::uint64_t pause = offered_at[i] - offered_at[i - 1];
    TEST_ASSERT_TRUE(pause >= 1 * second && pause <= 300 * second);
  }
  for (const std::int64_t step : {std::int64_t{1}, std::int64_t{3'600'000'000}, twenty_years}) {
    TEST_CONTEXT("step = " << step);
    TEST_ASSERT_EQUAL(offered_at, offers_while_the_date_steps(step));
  }
}

EDGESPAN_TEST(spans_recorded_before_the_date_is_known_leave_with_true_times, "uplink") {
  // The ends of signed and unsigned seconds of 32 bits and of nanoseconds of 63 bits: from a second before
  // each to a second behind it, and while spans were recorded.
  constexpr std::uint64_t ends_us[] = {2'147'483'648 * second, 4'294'967'296 * second, 9'223'372'036'854'775};
  std::vector<std::uint64_t> dates_us{wall_us};
  for (const std::uint64_t end_us : ends_us) {
    for (const std::uint64_t halves : {0U, 1U, 2U, 3U, 4U, 90U})
      dates_us.push_back(end_us - second + halves * second / 2);
  }
  for (const std::uint64_t date_us : dates_us) {
    TEST_CONTEXT("date_us = " << date_us);
    UplinkWorld t;
    t.clock.set_wall(0);
    std::vector<std::uint64_t> recorded_at;
    for (int i = 0; i < 30; ++i) {
      recorded_at.push_back(t.clock.now_us());
      t.finish_spans(1);
      t.run_for(3 * second + 7);
    }
    t.clock.set_wall(date_us);
    const std::uint64_t offset_us = date_us - t.clock.now_us();
    t.run_for(5 * second);
    std::vector<std::uint64_t> seen;
    for (const std::string& body : t.collector.bodies) {
      for (const DecodedSpan& span : test::spans_of(body)) seen.push_back(span.timestamp - offset_us);
    }
    TEST_ASSERT_EQUAL(recorded_at, seen);
  }
}

// Row 15: the monotonic clock goes on while the board sleeps.
EDGESPAN_TEST(after_a_night_of_sleep_there_is_one_offer_and_no_catching_up, "uplink") {
  UplinkWorld t;
  t.collector.conduct = [] { return Conduct{.open = EDGESPAN_STREAM_UNREACHABLE}; };
  t.finish_spans(3);
  t.run_for(60 * second);
  const std::size_t before = t.offered_at.size();
  t.clock.advance(8 * 3'600 * second);
  t.run_for(900'000);
  TEST_ASSERT_EQUAL(before + 1, t.offered_at.size());

  Span span = t.tracing.span("over night");
  t.clock.advance(599 * second);
  span.finish();
  ++t.finished;
  t.collector.conduct = [] { return Conduct{}; };
  t.run_for(600 * second);
  TEST_ASSERT_EQUAL(0, t.held());
  const auto spans = test::spans_of(t.collector.bodies.back());
  TEST_ASSERT_EQUAL(599 * second, spans.back().duration);
}

// Row 35: a stop at any moment, whatever the peer does, returns by its deadline, and every span has an end.
EDGESPAN_TEST(a_stop_at_any_moment_keeps_its_deadline_and_the_books, "uplink") {
  enum class Peer { hangs, is_slow, answers };
  for (const Peer peer : {Peer::hangs, Peer::is_slow, Peer::answers}) {
    for (int event = 0; event < 500; ++event) {
      TEST_CONTEXT("static_cast<int>(peer) = " << static_cast<int>(peer) << ", event = " << event);
      UplinkWorld<tiny_limits> t({.flush_ms = 20});
      t.collector.conduct = [&] {
        switch (peer) {
          case Peer::hangs:
            return Conduct{.reads_until = 50};
          case Peer::is_slow:
            return Conduct{.send_bytes = 7, .send_every_us = 2'000, .reply_after_us = 90'000};
          default:
            return Conduct{};
        }
      };
      for (int i = 0; i < event; ++i) {
        if (i % 5 == 0) t.finish_spans(1);
        t.clock.advance(std::min<std::uint64_t>(std::max<std::uint64_t>(t.step(), 1), 20'000));
      }
      t.finish_spans(2);
      const std::uint64_t begun = t.clock.now_us();
      const Status status = t.reporter.stop(500);
      TEST_ASSERT_LESS_OR_EQUAL(510'000, t.clock.now_us() - begun);
      TEST_ASSERT_EQUAL(0, t.held());
      TEST_ASSERT_EQUAL((t.dropped(DropReason::shutdown) == 0), (status == Status::ok));
      if (peer == Peer::answers) TEST_ASSERT_EQUAL(Status::ok, status);
      TEST_ASSERT_EQUAL(Status::ok, t.reporter.stop(500));
      TEST_ASSERT_GREATER_THAN(0, t.step());
      TEST_ASSERT_FALSE(t.link.connected());
    }
  }
}

EDGESPAN_TEST(a_stop_in_the_middle_of_a_long_pause_tries_once_more, "uplink") {
  UplinkWorld t;
  bool down = true;
  t.collector.conduct = [&] { return Conduct{.open = down ? EDGESPAN_STREAM_UNREACHABLE : 1}; };
  t.finish_spans(4);
  t.run_for(1'000 * second);
  down = false;
  TEST_ASSERT_EQUAL(Status::ok, t.reporter.stop(1'000));
  TEST_ASSERT_EQUAL(4, t.books().delivered);
}

}  // namespace
