// SPDX-License-Identifier: Apache-2.0
// What a step answers, how long each pause is and what ends it, and what the books say of what a sender sent.
#include <edgespan/reporter.hpp>

#include "support/small_agent.hpp"
#include "support/test.hpp"

#include <algorithm>
#include <cstdint>

namespace {

using namespace edgespan;
using test::SmallAgent;

constexpr std::uint64_t second = 1'000'000;

constexpr SendResult answer(Outcome outcome) { return {.outcome = outcome}; }

// Spans are finished and offered in one step.
std::uint64_t offered(SmallAgent& agent, std::uint64_t spans = 1) {
  agent.finish_spans(spans);
  agent.reporter.uplink_ready();
  const std::size_t before = agent.sender.offers;
  const std::uint64_t again_us = agent.reporter.step();
  TEST_ASSERT_EQUAL_UINT64(before + 1, agent.sender.offers);
  return again_us;
}

// How long nothing is offered, from now on and to the microsecond.
std::uint64_t pause_left(SmallAgent& agent) {
  const std::size_t before = agent.sender.offers;
  const std::uint64_t since_us = agent.clock.now_us();
  for (int steps = 0; steps < 5'000; ++steps) {
    const std::uint64_t again_us = agent.reporter.step();
    if (agent.sender.offers != before) return agent.clock.now_us() - since_us;
    TEST_ASSERT_GREATER_OR_EQUAL_UINT64(1, again_us);
    agent.clock.advance(again_us);
  }
  TEST_FAIL_MESSAGE("nothing was offered");
  return 0;
}

EDGESPAN_TEST(a_step_says_when_the_next_one_is_due, "reporter") {
  SmallAgent agent{{.flush_ms = 300, .retry_min_ms = 7, .retry_max_ms = 7}};
  TEST_ASSERT_EQUAL_UINT64(300'000, agent.reporter.step());  // with nothing held
  agent.clock.advance(5);
  agent.finish_spans(1);
  agent.clock.advance(100'000);
  const std::uint64_t rest_us = agent.reporter.step();
  TEST_ASSERT_GREATER_OR_EQUAL_UINT64(200'000, rest_us);
  TEST_ASSERT_LESS_OR_EQUAL_UINT64(200'001, rest_us);  // a span lasts a microsecond at least
  agent.sender.script({{.again_us = 12'345},
                       {.again_us = 5'000'000},
                       {.again_us = 0},
                       answer(Outcome::later),
                       answer(Outcome::delivered)});
  agent.clock.advance(rest_us);
  TEST_ASSERT_EQUAL_UINT64(12'345, agent.reporter.step());
  TEST_ASSERT_EQUAL_UINT64(second, agent.reporter.step());  // open spans are looked at that often
  TEST_ASSERT_EQUAL_UINT64(0, agent.reporter.step());
  TEST_ASSERT_EQUAL_UINT64(7'000, agent.reporter.step());  // a pause
  agent.clock.advance(7'000);
  TEST_ASSERT_EQUAL_UINT64(1'000, agent.reporter.step());
  TEST_ASSERT_EQUAL_UINT64(1, agent.tracing.books().delivered);

  agent.sender.script({answer(Outcome::too_large)});
  TEST_ASSERT_EQUAL_UINT64(0, offered(agent, 2));          // a smaller portion goes out at once,
  TEST_ASSERT_EQUAL_UINT64(0, agent.reporter.step());      // and the other one behind it
  TEST_ASSERT_EQUAL_UINT64(1'000, agent.reporter.step());  // nothing is left
  agent.sender.script({answer(Outcome::refused)});
  TEST_ASSERT_EQUAL_UINT64(1'000, offered(agent));
  agent.expect_books();
}

EDGESPAN_TEST(a_step_that_has_nothing_to_do_is_due_again_within_flush_ms_and_a_second, "reporter") {
  for (const std::uint32_t flush_ms : {1U, 999U, 1'000U, 1'001U, 60'000U}) {
    SmallAgent agent{{.flush_ms = flush_ms}};
    TEST_ASSERT_EQUAL_UINT64(std::min<std::uint64_t>(flush_ms * std::uint64_t{1'000}, second),
                             agent.reporter.step());
  }
}

EDGESPAN_TEST(what_a_sender_sent_and_began_again_is_counted_for_each_portion_by_itself, "reporter") {
  SmallAgent agent;
  const auto pending = [](std::uint16_t begun, std::uint32_t sent_bytes) {
    return SendResult{.begun = begun, .sent_bytes = sent_bytes};
  };
  const auto sent = [&] { return agent.tracing.books().bytes_sent; };
  const auto resent = [&] { return agent.tracing.books().resent; };
  agent.sender.script({pending(0, 0),
                       pending(1, 0),
                       pending(0, 1),
                       pending(0, 99),
                       pending(1, 7),
                       {.outcome = Outcome::delivered, .begun = 2, .sent_bytes = 1'000}});
  (void)offered(agent);
  TEST_ASSERT_EQUAL_UINT64(0, sent());
  (void)agent.reporter.step();  // begins
  (void)agent.reporter.step();
  TEST_ASSERT_EQUAL_UINT64(1, sent());
  (void)agent.reporter.step();
  TEST_ASSERT_EQUAL_UINT64(100, sent());
  TEST_ASSERT_EQUAL_UINT64(0, resent());
  (void)agent.reporter.step();  // begins again
  TEST_ASSERT_EQUAL_UINT64(107, sent());
  TEST_ASSERT_EQUAL_UINT64(1, resent());
  (void)agent.reporter.step();
  TEST_ASSERT_EQUAL_UINT64(1'107, sent());
  TEST_ASSERT_EQUAL_UINT64(3, resent());

  // The two halves of the next batch are portions of their own.
  agent.sender.script({{.outcome = Outcome::too_large, .begun = 1, .sent_bytes = 50},
                       {.outcome = Outcome::delivered, .begun = 1, .sent_bytes = 20},
                       {.outcome = Outcome::delivered, .begun = 3, .sent_bytes = 30}});
  (void)offered(agent, 2);
  (void)agent.reporter.step();
  (void)agent.reporter.step();
  TEST_ASSERT_EQUAL_UINT64(1'207, sent());
  TEST_ASSERT_EQUAL_UINT64(5, resent());
  TEST_ASSERT_EQUAL_UINT64(3, agent.tracing.books().delivered);
  agent.expect_books();
}

EDGESPAN_TEST(the_last_answer_is_told_and_one_that_is_pending_is_none, "reporter") {
  SmallAgent agent{{.flush_ms = 10, .retry_min_ms = 1, .retry_max_ms = 1}};
  agent.sender.script({{.status = 100},
                       {.outcome = Outcome::untrusted, .cause = TlsCause::wrong_host},
                       {.cause = TlsCause::expired, .status = 101},
                       {.outcome = Outcome::overloaded, .status = 503}});
  const auto says = [&](Outcome outcome, TlsCause cause, std::uint16_t status) {
    TEST_ASSERT_TRUE(agent.reporter.last_outcome() == outcome);
    TEST_ASSERT_TRUE(agent.reporter.last_cause() == cause);
    TEST_ASSERT_EQUAL_UINT32(status, agent.reporter.last_status());
    agent.clock.advance(1'000);
    (void)agent.reporter.step();
  };
  says(Outcome::pending, TlsCause::none, 0);
  (void)offered(agent);
  says(Outcome::pending, TlsCause::none, 0);
  says(Outcome::untrusted, TlsCause::wrong_host, 0);
  says(Outcome::untrusted, TlsCause::wrong_host, 0);  // pending
  says(Outcome::overloaded, TlsCause::none, 503);
  says(Outcome::delivered, TlsCause::none, 0);
  agent.expect_books();
}

// Its own pause is a millisecond, so that what is asked for decides.
EDGESPAN_TEST(a_collector_asks_for_a_second_to_an_hour_rounded_up_to_a_millisecond, "reporter") {
  constexpr std::uint64_t hour = 3'600 * second;
  struct Row {
    std::uint64_t asked_us, pause_us;
  };
  for (const Row& row :
       {Row{0, 1'000}, Row{1, second}, Row{second - 1, second}, Row{second, second},
        Row{second + 1, second + 1'000}, Row{second + 999, second + 1'000},
        Row{second + 1'000, second + 1'000}, Row{hour - 1'000, hour - 1'000}, Row{hour - 999, hour},
        Row{hour, hour}, Row{hour + 1, hour}, Row{1ULL << 32, hour}, Row{UINT64_MAX, hour}}) {
    SmallAgent agent{{.flush_ms = 10, .retry_min_ms = 1, .retry_max_ms = 1}};
    agent.sender.script({{.outcome = Outcome::overloaded, .asked_pause_us = row.asked_us}});
    (void)offered(agent);
    TEST_ASSERT_EQUAL_UINT64(row.pause_us, pause_left(agent));
    agent.expect_books();
  }
}

EDGESPAN_TEST(a_moment_that_a_collector_names_counts_if_it_lies_ahead_by_a_clock_that_is_set, "reporter") {
  struct Row {
    std::int64_t ahead_us;  // of the moment
    std::uint64_t asked_us;
    bool date_known;
    std::uint64_t pause_us;
  };
  constexpr std::int64_t s = 1'000'000;
  for (const Row& row : {Row{90 * s, 0, true, 90 * second}, Row{90 * s, 5 * second, true, 90 * second},
                         Row{5 * s, 90 * second, true, 5 * second}, Row{1, 0, true, second},
                         Row{0, 0, true, 1'000}, Row{0, 5 * second, true, 5 * second},
                         Row{-1, 0, true, 1'000}, Row{-90 * s, 5 * second, true, 5 * second},
                         Row{90 * s, 0, false, 1'000}, Row{90 * s, 5 * second, false, 5 * second}}) {
    SmallAgent agent{{.flush_ms = 10, .retry_min_ms = 1, .retry_max_ms = 1}};
    agent.sender.script({{.outcome = Outcome::pending}});
    (void)offered(agent);  // the batch is made while the date is known
    if (!row.date_known) agent.clock.set_wall(0);
    const std::uint64_t until_us = test::wall_us + static_cast<std::uint64_t>(row.ahead_us);
    if (row.date_known) agent.clock.set_wall(test::wall_us);
    agent.sender.script(
        {{.outcome = Outcome::overloaded, .asked_pause_us = row.asked_us, .asked_until_us = until_us}});
    (void)agent.reporter.step();
    TEST_ASSERT_EQUAL_UINT64(1, agent.tracing.books().retries);
    TEST_ASSERT_EQUAL_UINT64(row.pause_us, pause_left(agent));
    agent.expect_books();
  }
}

// A pause that was not asked for is ended by uplink_ready(), and so is what it had grown to.
EDGESPAN_TEST(after_uplink_ready_the_pauses_begin_anew, "reporter") {
  SmallAgent agent{{.flush_ms = 10, .retry_min_ms = 10, .retry_max_ms = 100'000}};
  agent.sender.fallback = answer(Outcome::unreachable);
  (void)offered(agent);
  for (int round = 0; round < 50; ++round) {
    while (pause_left(agent) < 2'000'000) {
    }
    agent.reporter.uplink_ready();
    TEST_ASSERT_EQUAL_UINT64(0, pause_left(agent));
    const std::uint64_t first_us = pause_left(agent);
    TEST_ASSERT_GREATER_OR_EQUAL_UINT64(10'000, first_us);
    TEST_ASSERT_LESS_OR_EQUAL_UINT64(30'000, first_us);
  }
  agent.expect_books();
}

EDGESPAN_TEST(a_long_pause_is_no_shorter_than_the_least_pause, "reporter") {
  SmallAgent agent{{.flush_ms = 10, .retry_min_ms = 90, .retry_max_ms = 100}};
  agent.sender.fallback = answer(Outcome::untrusted);
  (void)offered(agent);
  std::uint64_t shortest_us = second, longest_us = 0;
  for (int i = 0; i < 300; ++i) {
    const std::uint64_t pause_us = pause_left(agent);
    shortest_us = std::min(shortest_us, pause_us);
    longest_us = std::max(longest_us, pause_us);
  }
  TEST_ASSERT_EQUAL_UINT64(90'000, shortest_us);  // half of all draws lie below
  TEST_ASSERT_EQUAL_UINT64(100'000, longest_us);
  agent.expect_books();
}

// A date that drifts is not set: only a step of more than a minute ends the pause.
EDGESPAN_TEST(a_pause_for_the_sake_of_the_date_ends_when_it_moves_by_more_than_a_minute, "reporter") {
  constexpr std::int64_t minute_us = 60'000'000;
  struct Row {
    std::int64_t moved_us;
    bool ends;
  };
  for (const Outcome outcome : {Outcome::no_date, Outcome::wrong_date}) {
    for (const Row& row : {Row{0, false}, Row{minute_us - 1, false}, Row{minute_us, false},
                           Row{minute_us + 1, true}, Row{-minute_us, false}, Row{-minute_us - 1, true}}) {
      SmallAgent agent{{.flush_ms = 10, .retry_min_ms = 500'000, .retry_max_ms = 500'000}};
      agent.sender.script({answer(outcome)});
      (void)offered(agent);
      agent.clock.advance(second);
      const std::uint64_t date_us = agent.clock.table().wall_us(agent.clock.table().ctx);
      agent.clock.set_wall(date_us + static_cast<std::uint64_t>(row.moved_us));
      (void)agent.reporter.step();
      TEST_ASSERT_EQUAL_UINT64(row.ends ? 2 : 1, agent.sender.offers);
      agent.expect_books();
    }
  }
}

EDGESPAN_TEST(a_pause_that_began_without_a_date_ends_with_the_first_one, "reporter") {
  SmallAgent agent{{.flush_ms = 10, .retry_min_ms = 500'000, .retry_max_ms = 500'000}};
  agent.sender.script({answer(Outcome::pending)});
  (void)offered(agent);
  agent.clock.set_wall(0);
  agent.sender.script({answer(Outcome::no_date)});
  (void)agent.reporter.step();
  agent.clock.advance(400 * second);
  (void)agent.reporter.step();
  TEST_ASSERT_EQUAL_UINT64(2, agent.sender.offers);
  agent.clock.set_wall(test::wall_us);
  (void)agent.reporter.step();
  TEST_ASSERT_EQUAL_UINT64(1, agent.sender.batches_delivered);
  agent.expect_books();
}

}  // namespace
