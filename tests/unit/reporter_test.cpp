// SPDX-License-Identifier: Apache-2.0
#include <edgespan/reporter.hpp>

#include "support/small_agent.hpp"
#include "support/span_view.hpp"
#include "support/test.hpp"

#include <array>
#include <cstdint>

namespace {

using namespace edgespan;
using test::SmallAgent;

constexpr SendResult answer(Outcome outcome, std::uint64_t asked_pause_us = 0) {
  return {.outcome = outcome, .asked_pause_us = asked_pause_us};
}

EDGESPAN_TEST(a_span_leaves_within_flush_ms_and_is_delivered_once, "reporter") {
  SmallAgent agent{{.flush_ms = 500}};
  agent.finish_spans(3);
  agent.run_for(490'000);
  TEST_ASSERT_EQUAL_UINT64(0, agent.sender.offers);
  agent.run_for(20'000);
  TEST_ASSERT_EQUAL_UINT64(1, agent.sender.batches_delivered);
  TEST_ASSERT_EQUAL_UINT64(3, agent.tracing.books().delivered);
  TEST_ASSERT_EQUAL_UINT64(agent.sender.bytes_delivered, agent.tracing.books().bytes_delivered);
  agent.run_for(5'000'000);
  TEST_ASSERT_EQUAL_UINT64(1, agent.sender.offers);
  agent.expect_books();
}

EDGESPAN_TEST(a_step_that_finds_nothing_reads_the_clock_once, "reporter") {
  SmallAgent agent{{.flush_ms = 500}};
  const auto reads_of_a_step = [&] {
    const std::uint64_t before = agent.clock.reads();
    (void)agent.reporter.step();
    return agent.clock.reads() - before;
  };
  TEST_ASSERT_EQUAL_UINT64(1, reads_of_a_step());  // before the first span
  agent.finish_spans(3);
  agent.run_for(2'000'000);
  TEST_ASSERT_EQUAL_UINT64(1, agent.sender.batches_delivered);
  TEST_ASSERT_EQUAL_UINT64(1, reads_of_a_step());  // and when all of them have left
  agent.expect_books();
}

EDGESPAN_TEST(a_full_batch_leaves_at_once_and_batches_keep_their_bound, "reporter") {
  SmallAgent agent{{.flush_ms = 60'000}};
  agent.finish_spans(38);
  agent.run_for(100'000);
  TEST_ASSERT_GREATER_OR_EQUAL_UINT64(1, agent.sender.batches_delivered);
  TEST_ASSERT_LESS_OR_EQUAL_UINT64(test::small_limits.batch_bytes, agent.sender.largest_offer);
  const Books books = agent.tracing.books();
  TEST_ASSERT_GREATER_OR_EQUAL_UINT64(20, books.delivered);
  TEST_ASSERT_GREATER_OR_EQUAL_UINT64(1, books.in_batch);
  TEST_ASSERT_EQUAL_UINT64(0, books.dropped_total());
  agent.expect_books();
}

EDGESPAN_TEST(a_batch_that_failed_is_offered_again_byte_for_byte_after_a_pause, "reporter") {
  SmallAgent agent{{.flush_ms = 10}};
  agent.sender.script({answer(Outcome::unreachable), answer(Outcome::overloaded)});
  agent.finish_spans(2);
  agent.run_for(30'000);
  TEST_ASSERT_EQUAL_UINT64(1, agent.sender.offers);
  agent.finish_spans(1);  // comes too late for this batch
  agent.run_for(900'000);
  TEST_ASSERT_EQUAL_UINT64(1, agent.sender.offers);  // the least pause is a second
  agent.run_for(20'000'000);
  TEST_ASSERT_EQUAL_UINT64(4, agent.sender.offers);
  TEST_ASSERT_TRUE(agent.sender.first_offers[0] == agent.sender.first_offers[1]);
  TEST_ASSERT_TRUE(agent.sender.first_offers[0] == agent.sender.first_offers[2]);
  TEST_ASSERT_EQUAL_UINT64(2, agent.tracing.books().retries);
  TEST_ASSERT_EQUAL_UINT64(3, agent.tracing.books().delivered);
  agent.expect_books();
}

EDGESPAN_TEST(pauses_grow_are_jittered_and_stay_inside_their_bounds, "reporter") {
  SmallAgent agent{{.flush_ms = 10, .retry_min_ms = 1'000, .retry_max_ms = 20'000}};
  agent.sender.fallback = answer(Outcome::unreachable);
  agent.finish_spans(1);
  std::array<std::uint64_t, 30> at{};
  std::size_t seen = 0;
  for (std::uint64_t i = 0; i < 600'000 && seen < at.size(); ++i) {
    const std::size_t before = agent.sender.offers;
    (void)agent.reporter.step();
    if (agent.sender.offers != before) at[seen++] = agent.clock.now_us();
    agent.clock.advance(1'000);
  }
  TEST_ASSERT_EQUAL_UINT64(at.size(), seen);
  std::uint64_t longest = 0;
  bool all_same = true;
  for (std::size_t i = 1; i < at.size(); ++i) {
    const std::uint64_t pause = at[i] - at[i - 1];
    TEST_ASSERT_GREATER_OR_EQUAL_UINT64(1'000'000, pause);
    TEST_ASSERT_LESS_OR_EQUAL_UINT64(20'001'000, pause);
    longest = std::max(longest, pause);
    all_same = all_same && pause == at[1] - at[0];
  }
  TEST_ASSERT_GREATER_OR_EQUAL_UINT64(5'000'001, longest);
  TEST_ASSERT_FALSE(all_same);
  agent.expect_books();
}

EDGESPAN_TEST(what_the_collector_asks_for_is_the_least_pause, "reporter") {
  SmallAgent agent{{.flush_ms = 10}};
  agent.sender.script({answer(Outcome::overloaded, 90'000'000)});
  agent.finish_spans(1);
  agent.run_for(89'000'000);
  TEST_ASSERT_EQUAL_UINT64(1, agent.sender.offers);
  agent.run_for(3'000'000);
  TEST_ASSERT_EQUAL_UINT64(1, agent.sender.batches_delivered);
  agent.expect_books();
}

EDGESPAN_TEST(a_long_pause_is_drawn_from_the_upper_half_with_both_its_ends, "reporter") {
  SmallAgent agent{{.flush_ms = 10, .retry_min_ms = 1, .retry_max_ms = 4}};
  agent.sender.fallback = answer(Outcome::untrusted);
  agent.finish_spans(1);
  std::uint64_t shortest_us = 1'000'000, longest_us = 0;
  while (agent.sender.offers < 100) {
    const std::size_t before = agent.sender.offers;
    const std::uint64_t pause_us = agent.reporter.step();
    agent.clock.advance(pause_us);
    if (agent.sender.offers == before) continue;
    shortest_us = std::min(shortest_us, pause_us);
    longest_us = std::max(longest_us, pause_us);
  }
  TEST_ASSERT_EQUAL_UINT64(2'000, shortest_us);
  TEST_ASSERT_EQUAL_UINT64(4'000, longest_us);
  agent.expect_books();
}

EDGESPAN_TEST(a_batch_that_will_never_be_accepted_is_dropped_and_counted_by_its_outcome, "reporter") {
  SmallAgent agent{{.flush_ms = 10}};
  const auto lose = [&](Outcome outcome, DropReason reason) {
    agent.sender.script({answer(outcome)});
    agent.finish_spans(1);
    agent.run_for(1'000'000);
    TEST_ASSERT_EQUAL_UINT64(1, agent.dropped(reason));
    TEST_ASSERT_TRUE(agent.reporter.last_outcome() == outcome);
  };
  lose(Outcome::malformed, DropReason::malformed);
  lose(Outcome::refused, DropReason::refused);
  lose(Outcome::too_large, DropReason::too_large);
  lose(Outcome::unauthorized, DropReason::unauthorized);  // a long pause follows
  TEST_ASSERT_EQUAL_UINT64(4, agent.tracing.books().dropped_total());
  TEST_ASSERT_EQUAL_UINT64(0, agent.tracing.books().retries);
  agent.expect_books();
}

EDGESPAN_TEST(drop_reasons_are_named_as_the_outcomes_are, "reporter") {
  constexpr std::string_view names[drop_reasons] = {"ring_full",    "no_slot", "too_large", "malformed",
                                                    "unauthorized", "refused", "rejected",  "shutdown"};
  for (std::size_t i = 0; i < drop_reasons; ++i) {
    TEST_ASSERT_EQUAL_STRING(names[i], drop_reason_name(static_cast<DropReason>(i)));
  }
}

EDGESPAN_TEST(every_other_outcome_keeps_the_batch, "reporter") {
  for (auto outcome = Outcome::later; outcome <= Outcome::untrusted;
       outcome = static_cast<Outcome>(static_cast<int>(outcome) + 1)) {
    TEST_ASSERT_TRUE(is_offered_again(outcome));
    SmallAgent agent{{.flush_ms = 10, .retry_max_ms = 10'000}};
    agent.sender.script({answer(outcome), answer(outcome), answer(outcome), answer(outcome)});
    agent.finish_spans(2);
    agent.run_for(60'000'000);
    TEST_ASSERT_EQUAL_UINT64(5, agent.sender.offers);
    TEST_ASSERT_EQUAL_UINT64(4, agent.tracing.books().retries);
    TEST_ASSERT_EQUAL_UINT64(2, agent.tracing.books().delivered);
    TEST_ASSERT_TRUE(agent.sender.first_offers[0] == agent.sender.first_offers[4]);
    agent.expect_books();
  }
}

// The time from an offer that ends with `outcome` to the next one.
std::uint64_t pause_after(Outcome outcome) {
  SmallAgent agent{{.flush_ms = 10, .retry_max_ms = 100'000}};
  agent.sender.fallback = answer(outcome);
  while (agent.sender.offers == 0) {
    if (agent.tracing.books().finished == 0) agent.finish_spans(1);
    agent.run_for(1'000);
  }
  const std::uint64_t from = agent.clock.now_us();
  while (agent.sender.offers == 1) {
    if (agent.tracing.books().in_batch + agent.tracing.books().in_ring == 0) agent.finish_spans(1);
    agent.run_for(1'000);
  }
  agent.expect_books();
  return agent.clock.now_us() - from;
}

EDGESPAN_TEST(the_pause_follows_from_the_outcome_alone, "reporter") {
  for (const Outcome outcome :
       {Outcome::later, Outcome::unreachable, Outcome::interrupted, Outcome::late, Outcome::garbled,
        Outcome::suspect, Outcome::overloaded, Outcome::unprepared, Outcome::no_date}) {
    const std::uint64_t us = pause_after(outcome);
    TEST_ASSERT_GREATER_OR_EQUAL_UINT64(990'000, us);
    TEST_ASSERT_LESS_OR_EQUAL_UINT64(3'100'000, us);
  }
  for (const Outcome outcome : {Outcome::wrong_date, Outcome::untrusted, Outcome::unauthorized}) {
    const std::uint64_t us = pause_after(outcome);
    TEST_ASSERT_GREATER_OR_EQUAL_UINT64(49'900'000, us);
    TEST_ASSERT_LESS_OR_EQUAL_UINT64(101'000'000, us);
  }
  TEST_ASSERT_LESS_OR_EQUAL_UINT64(1'100'000, pause_after(Outcome::refused));
}

EDGESPAN_TEST(a_pause_because_of_the_date_ends_when_the_date_is_set, "reporter") {
  constexpr std::uint64_t day_us = 86'400'000'000;
  for (const Outcome outcome : {Outcome::no_date, Outcome::wrong_date, Outcome::untrusted}) {
    SmallAgent agent{{.flush_ms = 10, .retry_min_ms = 60'000}};
    agent.sender.script({answer(outcome)});
    agent.finish_spans(1);
    agent.run_for(1'000'000);
    agent.clock.set_wall(test::wall_us + day_us);
    agent.run_for(2'000'000);
    TEST_ASSERT_EQUAL_UINT64(outcome == Outcome::untrusted ? 0 : 1, agent.sender.batches_delivered);
    agent.expect_books();
  }
}

EDGESPAN_TEST(a_full_ring_drops_the_newest_span_to_the_last_one_counted, "reporter") {
  SmallAgent agent{{.flush_ms = 10}};
  agent.sender.wanted = {"first"};
  agent.sender.fallback = answer(Outcome::unreachable);
  agent.finish_spans(1, "first");
  agent.run_for(50'000);
  agent.finish_spans(500);
  const Books full = agent.tracing.books();
  TEST_ASSERT_EQUAL_UINT64(501 - full.in_ring - full.in_batch, agent.dropped(DropReason::ring_full));
  agent.sender.fallback = {.outcome = Outcome::delivered};
  agent.run_for(400'000'000);
  TEST_ASSERT_TRUE(agent.sender.found[0]);
  TEST_ASSERT_EQUAL_UINT64(0, agent.tracing.books().in_ring);
  agent.expect_books();
}

EDGESPAN_TEST(if_asked_a_full_ring_drops_the_oldest_span_instead, "reporter") {
  SmallAgent agent{{.local = {.service_name = "Gateway"}, .drop_oldest = true}, {.flush_ms = 10}};
  agent.sender.wanted = {"newest", "oldest"};
  agent.clock.set_wall(0);  // nothing leaves
  agent.finish_spans(1, "oldest");
  agent.finish_spans(500);
  agent.finish_spans(1, "newest");
  TEST_ASSERT_GREATER_OR_EQUAL_UINT64(401, agent.dropped(DropReason::ring_full));
  agent.clock.set_wall(test::wall_us);
  agent.run_for(2'000'000);
  TEST_ASSERT_TRUE(agent.sender.found[0]);
  TEST_ASSERT_FALSE(agent.sender.found[1]);
  agent.expect_books();
}

EDGESPAN_TEST(dropping_the_oldest_gives_up_one_chunk_at_a_time, "reporter") {
  SmallAgent agent{{.local = {.service_name = "Gateway"}, .drop_oldest = true}, {.flush_ms = 10}};
  while (agent.dropped(DropReason::ring_full) == 0) agent.finish_spans(1);
  const std::uint64_t full = agent.finished - 1;
  for (int i = 0; i < 200; ++i) {
    const Books books = agent.tracing.books();
    TEST_ASSERT_GREATER_OR_EQUAL_UINT64(full * 3 / 4, books.in_ring);
    TEST_ASSERT_LESS_OR_EQUAL_UINT64(full, books.in_ring);
    agent.finish_spans(1);
  }
  agent.expect_books();
}

EDGESPAN_TEST(spans_wait_for_the_date_and_leave_with_true_times, "reporter") {
  SmallAgent agent{{.flush_ms = 10}};
  agent.clock.set_wall(0);
  const std::uint64_t recorded_at = agent.clock.now_us();
  agent.finish_spans(1);
  agent.run_for(100'000'000);
  TEST_ASSERT_EQUAL_UINT64(0, agent.sender.offers);
  agent.clock.set_wall(test::wall_us);
  const std::uint64_t true_us = test::wall_us - (agent.clock.now_us() - recorded_at);
  agent.run_for(1'000'000);
  auto batch = agent.sender.delivered();
  test::SpanView span;
  TEST_ASSERT_TRUE(span.take_from(batch));
  TEST_ASSERT_EQUAL_UINT64(true_us, span.timestamp);
  agent.expect_books();
}

EDGESPAN_TEST(flush_sends_what_is_held_and_says_whether_it_left, "reporter") {
  SmallAgent agent{{.flush_ms = 60'000}};
  agent.finish_spans(38);
  TEST_ASSERT_TRUE(agent.reporter.flush(1'000) == Status::ok);
  TEST_ASSERT_EQUAL_UINT64(38, agent.tracing.books().delivered);
  TEST_ASSERT_GREATER_OR_EQUAL_UINT64(2, agent.sender.batches_delivered);
  TEST_ASSERT_TRUE(agent.reporter.flush(0) == Status::ok);

  agent.sender.fallback = answer(Outcome::unreachable);
  agent.finish_spans(1);
  const std::uint64_t before = agent.clock.now_us();
  TEST_ASSERT_TRUE(agent.reporter.flush(3'000) == Status::timeout);
  TEST_ASSERT_GREATER_OR_EQUAL_UINT64(3'000'000, agent.clock.now_us() - before);
  TEST_ASSERT_LESS_OR_EQUAL_UINT64(3'002'000, agent.clock.now_us() - before);
  agent.expect_books();
}

void expect_stopped(SmallAgent& agent) {
  TEST_ASSERT_TRUE(agent.reporter.stop(2'000) == Status::ok);
  TEST_ASSERT_FALSE(agent.tracing.enabled());
  TEST_ASSERT_FALSE(agent.tracing.span("late").context().valid());
  agent.expect_books();
}

EDGESPAN_TEST(stop_delivers_what_is_held, "reporter") {
  SmallAgent agent{{.flush_ms = 60'000}};
  agent.finish_spans(5);
  TEST_ASSERT_TRUE(agent.reporter.stop(2'000) == Status::ok);
  TEST_ASSERT_EQUAL_UINT64(5, agent.tracing.books().delivered);
  expect_stopped(agent);
}

EDGESPAN_TEST(stop_without_a_collector_ends_by_its_deadline_and_counts_the_rest, "reporter") {
  SmallAgent agent{{.flush_ms = 60'000}};
  agent.finish_spans(5);
  agent.sender.fallback = {.outcome = Outcome::pending, .again_us = 1'000'000'000};
  const std::uint64_t before = agent.clock.now_us();
  TEST_ASSERT_TRUE(agent.reporter.stop(2'000) == Status::timeout);
  TEST_ASSERT_LESS_OR_EQUAL_UINT64(2'010'000, agent.clock.now_us() - before);
  TEST_ASSERT_EQUAL_UINT64(5, agent.dropped(DropReason::shutdown));
  TEST_ASSERT_EQUAL_UINT64(1, agent.sender.cancelled);
  expect_stopped(agent);
}

// A thread may open a span between the reporter's look at the clock and its look at the spans.
EDGESPAN_TEST(a_span_that_opens_during_a_step_is_left_to_its_owner, "reporter") {
  SmallAgent agent;
  agent.clock.advance(10'000'000);
  Span span = agent.tracing.span("work");
  agent.clock.go_back(5);
  (void)agent.reporter.step();
  TEST_ASSERT_TRUE(span.recording());
  agent.clock.advance(10);
  span.finish();
  agent.finished = 1;
  agent.expect_books();
}

EDGESPAN_TEST(an_open_span_is_abandoned_by_its_deadline_or_by_the_stop, "reporter") {
  SmallAgent agent{{.flush_ms = 10}};
  agent.sender.wanted = {"abandoned"};
  Span old = agent.tracing.span("stuck");
  agent.finished = 1;
  agent.run_for(602'000'000);
  TEST_ASSERT_FALSE(old.recording());
  old.tag("too", "late").finish();
  TEST_ASSERT_EQUAL_UINT32(1, agent.tracing.books().expired);
  TEST_ASSERT_TRUE(agent.sender.found[0]);

  Span open = agent.tracing.span("open");
  agent.finished = 2;
  TEST_ASSERT_TRUE(agent.reporter.stop(1'000) == Status::ok);
  TEST_ASSERT_EQUAL_UINT32(2, agent.tracing.books().expired);
  TEST_ASSERT_EQUAL_UINT64(2, agent.tracing.books().delivered);
  agent.expect_books();
}

EDGESPAN_TEST(a_reporter_needs_a_tracing_that_is_started, "reporter") {
  Tracing tracing;
  test::RecordingSender sender;
  Reporter reporter;
  TEST_ASSERT_TRUE(reporter.init(tracing, sender.sender()) == Status::not_started);
  TEST_ASSERT_TRUE(reporter.start({}) == Status::not_started);
  TEST_ASSERT_TRUE(reporter.flush(0) == Status::not_started);
  TEST_ASSERT_TRUE(reporter.stop(0) == Status::not_started);
  TEST_ASSERT_EQUAL_UINT64(1'000, reporter.step());
  reporter.uplink_ready();
  TEST_ASSERT_TRUE(reporter.last_outcome() == Outcome::pending);
  TEST_ASSERT_TRUE(reporter.last_cause() == TlsCause::none);
  TEST_ASSERT_EQUAL_UINT32(0, reporter.last_status());
}

EDGESPAN_TEST(bad_configurations_of_a_reporter_are_refused, "reporter") {
  SmallAgent agent;
  Reporter reporter;
  TEST_ASSERT_TRUE(reporter.init(agent.tracing, agent.sender.sender(), {.flush_ms = 0}) ==
                   Status::bad_config);
  const ReporterConfig swapped{.retry_min_ms = 9, .retry_max_ms = 8};
  TEST_ASSERT_TRUE(reporter.init(agent.tracing, agent.sender.sender(), swapped) == Status::bad_config);
  TEST_ASSERT_TRUE(reporter.init(agent.tracing, Sender{}) == Status::bad_config);
  TEST_ASSERT_TRUE(agent.reporter.init(agent.tracing, agent.sender.sender()) == Status::already_started);
  agent.expect_books();
}

}  // namespace
