// SPDX-License-Identifier: Apache-2.0
// Row 14 of the failure model: dates that drift, swing, step, leap and jitter. Nothing that the agent
// measures or waits for may follow them.
#include "unit/uplink_world.hpp"

#include <array>
#include <cmath>

namespace {

using namespace edgespan;
using test::DecodedSpan;
using test::reply;
using test::UplinkWorld;

constexpr std::uint64_t second = UplinkWorld<>::second;
constexpr std::uint64_t ms = 1'000;
constexpr std::uint64_t tick_us = 50 * ms;
constexpr int ticks = 2 * 3'600 * 20;  // two hours

// How far the date is off the monotonic clock after so many ticks, in microseconds.
using Drift = std::int64_t (*)(std::int64_t tick);

std::int64_t none(std::int64_t) { return 0; }
std::int64_t linear(std::int64_t tick) { return tick * 25; }  // 500 ppm, the most that ntpd slews by
std::int64_t linear_back(std::int64_t tick) { return -tick * 25; }
std::int64_t periodic(std::int64_t tick) {
  return std::llround(30e6 * std::sin(static_cast<double>(tick) / 200));  // 30 s to and fro in a minute
}
std::int64_t step(std::int64_t tick) { return tick < ticks / 2 ? 0 : 20LL * 365 * 86'400 * 1'000'000; }
std::int64_t step_back(std::int64_t tick) { return -step(tick); }
std::int64_t leap(std::int64_t tick) { return tick < ticks / 2 ? 0 : -1'000'000; }  // one second comes twice
std::int64_t smeared_leap(std::int64_t tick) { return -tick * 1'000'000 / ticks; }
// Now and then an answer of a time server that is off.
std::int64_t jitter(std::int64_t tick) {
  const auto mixed = static_cast<std::uint64_t>(tick / 7) * 0x9E3779B97F4A7C15;
  return static_cast<std::int64_t>(mixed >> 43) - (1 << 20);
}

struct Seen {
  std::vector<std::uint64_t> asked_at{};  // when each request was whole
  std::vector<std::uint64_t> durations{};
  std::uint64_t delivered = 0;
};

// The same two hours under each drift: a span every few seconds, a collector that goes away and comes back.
Seen play(Drift drift) {
  UplinkWorld t;
  Seen seen;
  t.collector.answer = [&](const std::string&) {
    seen.asked_at.push_back(t.clock.now_us());
    return reply(t.clock.now_us() / (300 * second) % 2 == 1 ? 503 : 202);
  };
  std::int64_t off = 0;
  Span span;
  for (std::int64_t tick = 0; tick < ticks; ++tick) {
    t.clock.step_wall(drift(tick) - off);
    off = drift(tick);
    if (tick % 80 == 3) span = t.tracing.span("work");
    if (tick % 80 == 3 + tick / 80 % 70) {
      span.finish();
      ++t.finished;
    }
    t.run_for(tick_us);
  }
  if (span.recording()) ++t.finished;
  span.finish();
  TEST_ASSERT_EQUAL(Status::ok, t.reporter.flush(600'000));
  t.check_collected();
  seen.delivered = t.books().delivered;
  for (const std::string& body : t.collector.bodies) {
    for (const DecodedSpan& each : test::spans_of(body)) seen.durations.push_back(each.duration);
  }
  TEST_ASSERT_EQUAL(0, t.books().dropped_total());
  TEST_ASSERT_EQUAL(t.finished, seen.delivered);
  return seen;
}

EDGESPAN_TEST(a_date_that_drifts_swings_leaps_or_jitters_bends_nothing, "uplink") {
  const Seen undisturbed = play(none);
  TEST_ASSERT_GREATER_THAN(1'700, undisturbed.delivered);
  TEST_ASSERT_GREATER_THAN(800, undisturbed.asked_at.size());
  for (const Drift drift : {linear, linear_back, periodic, step, step_back, leap, smeared_leap, jitter}) {
    const Seen seen = play(drift);
    TEST_ASSERT_EQUAL(undisturbed.delivered, seen.delivered);
    TEST_ASSERT_EQUAL(undisturbed.durations, seen.durations);
    TEST_ASSERT_EQUAL(undisturbed.asked_at, seen.asked_at);
  }
}

// A leap second and a slew move the dates of spans that have not left by no more than themselves.
EDGESPAN_TEST(a_span_has_the_date_at_which_its_batch_is_made, "uplink") {
  for (const std::int64_t off : {std::int64_t{-1'000'000}, std::int64_t{500'000}}) {
    UplinkWorld t({.flush_ms = 5'000});
    const std::uint64_t started = t.clock.wall_us();
    Span first = t.tracing.span("first");
    t.clock.advance(100 * ms);
    t.clock.step_wall(off);
    Span second_span = t.tracing.span("second");
    t.clock.advance(100 * ms);
    first.finish();
    second_span.finish();
    t.finished += 2;
    t.run_for(6 * second);
    const auto spans = test::spans_of(t.collector.bodies.at(0));
    TEST_ASSERT_EQUAL(2, spans.size());
    TEST_ASSERT_EQUAL(started + static_cast<std::uint64_t>(off), spans[0].timestamp);
    TEST_ASSERT_EQUAL(200 * ms, spans[0].duration);
    TEST_ASSERT_EQUAL(started + 100 * ms + static_cast<std::uint64_t>(off), spans[1].timestamp);
    TEST_ASSERT_EQUAL(100 * ms, spans[1].duration);
  }
}

}  // namespace
