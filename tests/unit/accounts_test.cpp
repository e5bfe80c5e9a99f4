// SPDX-License-Identifier: Apache-2.0
// What the books say after a cut, a success, a flush and very many spans; and how long each pause is at
// least.
#include <edgespan/reporter.hpp>

#include "core/tracing_state.hpp"
#include "support/small_agent.hpp"
#include "support/test.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace {

using namespace edgespan;
using test::SmallAgent;

constexpr std::uint64_t second = 1'000'000;

constexpr SendResult answer(Outcome outcome, std::uint64_t asked_pause_us = 0) {
  return {.outcome = outcome, .asked_pause_us = asked_pause_us};
}

// Steps as late as step() allows until the next offer, without a look at the books; how long that took.
std::uint64_t until_offer(SmallAgent& agent) {
  const std::size_t before = agent.sender.offers;
  const std::uint64_t since_us = agent.clock.now_us();
  for (int steps = 0; steps < 5'000; ++steps) {
    const std::uint64_t again_us = agent.reporter.step();
    if (agent.sender.offers != before) return agent.clock.now_us() - since_us;
    agent.clock.advance(again_us);
  }
  TEST_FAIL_MESSAGE("nothing was offered");
  return 0;
}

EDGESPAN_TEST(an_answer_that_is_none_of_the_collectors_is_counted_and_keeps_the_batch, "reporter") {
  SmallAgent agent{{.flush_ms = 10, .retry_max_ms = 1'000}};
  agent.sender.script({answer(Outcome::suspect), answer(Outcome::later), answer(Outcome::suspect)});
  agent.finish_spans(3);
  agent.run_for(10'000'000);
  TEST_ASSERT_EQUAL_UINT64(2, agent.tracing.books().suspect);
  TEST_ASSERT_EQUAL_UINT64(3, agent.tracing.books().retries);
  TEST_ASSERT_EQUAL_UINT64(3, agent.tracing.books().delivered);
  agent.expect_books();
}

// What a collector left out of a batch that it accepted; its number comes from the network.
EDGESPAN_TEST(rejected_spans_are_dropped_and_the_others_of_the_batch_are_delivered, "reporter") {
  struct Case {
    std::uint32_t rejected;
    std::uint64_t dropped;
  };
  for (const Case c : {Case{0, 0}, Case{1, 1}, Case{4, 4}, Case{5, 5}, Case{6, 5}, Case{UINT32_MAX, 5}}) {
    SmallAgent agent{{.flush_ms = 10}};
    agent.sender.fallback = {.outcome = Outcome::delivered, .rejected = c.rejected};
    agent.finish_spans(5);
    agent.run_for(1'000'000);
    const Books books = agent.tracing.books();
    TEST_ASSERT_EQUAL_UINT64(1, agent.sender.offers);
    TEST_ASSERT_EQUAL_UINT64(5 - c.dropped, books.delivered);
    TEST_ASSERT_EQUAL_UINT64(c.dropped, agent.dropped(DropReason::rejected));
    TEST_ASSERT_EQUAL_UINT64(c.dropped, books.dropped_total());
    TEST_ASSERT_EQUAL_UINT64(1, books.batches);
    agent.expect_books();
  }
}

EDGESPAN_TEST(bytes_and_batches_count_what_was_accepted_and_nothing_else, "reporter") {
  SmallAgent agent{{.flush_ms = 10}};
  agent.sender.script({answer(Outcome::too_large), answer(Outcome::delivered), answer(Outcome::malformed),
                       answer(Outcome::delivered), answer(Outcome::malformed), answer(Outcome::delivered)});
  agent.finish_spans(8);
  agent.run_for(second);
  const Books books = agent.tracing.books();
  TEST_ASSERT_EQUAL_UINT64(books.finished - books.dropped_total(), books.delivered);
  TEST_ASSERT_GREATER_OR_EQUAL_UINT64(1, books.dropped_total());
  TEST_ASSERT_EQUAL_UINT64(agent.sender.bytes_delivered, books.bytes_delivered);
  TEST_ASSERT_EQUAL_UINT64(agent.sender.batches_delivered, books.batches);
  TEST_ASSERT_EQUAL_UINT64(2, books.cuts);
  agent.expect_books();
}

EDGESPAN_TEST(a_text_that_fits_is_not_counted_as_cut, "reporter") {
  SmallAgent agent{{.flush_ms = 10}};
  Span span = agent.tracing.span("work");
  span.name("other").kind(Kind::client).tag("key", "value").annotate("now").remote_service_name("peer");
  span.remote_endpoint({.service_name = "peer", .ipv4 = {10, 0, 0, 1}}).tag("key", "again").error("no");
  span.finish();
  ++agent.finished;
  TEST_ASSERT_EQUAL_UINT32(0, agent.tracing.books().texts_cut);
  Span other = agent.tracing.span("work");
  other.tag("key", "\xFF");
  TEST_ASSERT_EQUAL_UINT32(1, agent.tracing.books().texts_cut);
  other.tag("key", "fits").annotate("\xFF").annotate("fits");
  TEST_ASSERT_EQUAL_UINT32(2, agent.tracing.books().texts_cut);
  other.finish();
  ++agent.finished;
  agent.expect_books();
}

EDGESPAN_TEST(after_a_flush_and_after_uplink_ready_batches_fill_again, "reporter") {
  SmallAgent agent{{.flush_ms = 700}};
  const auto fills = [&] {
    for (int i = 0; i < 3; ++i) {
      agent.finish_spans(1);
      const std::uint64_t after_us = until_offer(agent);
      TEST_ASSERT_GREATER_OR_EQUAL_UINT64(700'000, after_us);
      TEST_ASSERT_LESS_OR_EQUAL_UINT64(700'001, after_us);
    }
  };
  fills();
  agent.finish_spans(1);
  TEST_ASSERT_TRUE(agent.reporter.flush(1'000) == Status::ok);
  fills();
  TEST_ASSERT_TRUE(agent.reporter.flush(1'000) == Status::ok);  // with nothing held
  fills();
  agent.sender.fallback = {.outcome = Outcome::pending, .again_us = 1'000};
  agent.finish_spans(1);
  TEST_ASSERT_TRUE(agent.reporter.flush(5) == Status::timeout);
  agent.sender.fallback = answer(Outcome::delivered);
  agent.run_for(2 * second);
  fills();
  agent.finish_spans(1);
  agent.reporter.uplink_ready();
  TEST_ASSERT_EQUAL_UINT64(0, until_offer(agent));
  fills();
  agent.reporter.uplink_ready();  // with nothing held
  (void)agent.reporter.step();
  fills();
  agent.expect_books();
}

EDGESPAN_TEST(more_than_2_to_the_32_spans_are_counted_though_nobody_reads_the_books, "reporter") {
  SmallAgent agent{{.flush_ms = 10}};
  constexpr std::uint32_t many = 0x6000'0000;
  auto& counter = detail::state_of(agent.tracing).ring.counters(0).dropped[0];
  for (int i = 0; i < 4; ++i) {
    counter.fetch_add(many);
    for (int steps = 0; steps < 3; ++steps) agent.clock.advance(std::max(agent.reporter.step(), second));
  }
  agent.finished += 4ULL * many;
  TEST_ASSERT_EQUAL_UINT64(4ULL * many, agent.dropped(DropReason::ring_full));
  agent.expect_books();
}

// The pauses after `outcome` that follow each other, from the first on.
template <std::size_t count>
std::array<std::uint64_t, count> pauses(SmallAgent& agent, const SendResult& said) {
  agent.sender.fallback = said;
  agent.finish_spans(1);
  (void)until_offer(agent);
  std::array<std::uint64_t, count> all{};
  for (std::uint64_t& pause : all) pause = until_offer(agent);
  return all;
}

EDGESPAN_TEST(no_pause_is_shorter_than_its_bounds_and_the_jitter_reaches_both, "reporter") {
  std::uint64_t shortest = UINT64_MAX, longest = 0;
  for (int round = 0; round < 300; ++round) {
    SmallAgent agent{{.flush_ms = 10, .retry_min_ms = 1'000, .retry_max_ms = 9'000}};
    for (int i = 0; i <= round; ++i) (void)agent.tracing.child({});  // another point of the random numbers
    agent.finished += static_cast<std::uint64_t>(round) + 1;
    agent.run_for(second);
    std::uint64_t before = second;
    bool first = true;
    for (const std::uint64_t pause : pauses<4>(agent, answer(Outcome::unreachable))) {
      TEST_ASSERT_GREATER_OR_EQUAL_UINT64(second, pause);
      TEST_ASSERT_LESS_OR_EQUAL_UINT64(std::min(3 * before, 9 * second), pause);
      if (first) {
        shortest = std::min(shortest, pause);
        longest = std::max(longest, pause);
      }
      first = false;
      before = pause;
    }
    agent.expect_books();
  }
  TEST_ASSERT_LESS_OR_EQUAL_UINT64(second + second / 10, shortest);
  TEST_ASSERT_GREATER_OR_EQUAL_UINT64(3 * second - second / 10, longest);
}

EDGESPAN_TEST(the_first_pause_is_drawn_up_to_three_times_the_least_one, "reporter") {
  SmallAgent agent{{.flush_ms = 10, .retry_min_ms = 1, .retry_max_ms = 5}};
  std::uint64_t shortest = UINT64_MAX, longest = 0;
  for (int round = 0; round < 100; ++round) {
    agent.sender.script({answer(Outcome::unreachable)});  // and then it is delivered
    agent.finish_spans(1);
    (void)until_offer(agent);
    const std::uint64_t pause = until_offer(agent);
    shortest = std::min(shortest, pause);
    longest = std::max(longest, pause);
  }
  TEST_ASSERT_EQUAL_UINT64(1'000, shortest);
  TEST_ASSERT_EQUAL_UINT64(3'000, longest);
  agent.expect_books();
}

EDGESPAN_TEST(a_long_pause_lies_in_the_upper_half_of_the_longest_one, "reporter") {
  std::uint64_t shortest = UINT64_MAX, longest = 0;
  SmallAgent agent{{.flush_ms = 10, .retry_max_ms = 100'000}};
  (void)pauses<1>(agent, answer(Outcome::untrusted));
  for (int i = 0; i < 200; ++i) {  // no array of them: a board has 6 KiB of stack
    const std::uint64_t pause = until_offer(agent);
    shortest = std::min(shortest, pause);
    longest = std::max(longest, pause);
  }
  TEST_ASSERT_GREATER_OR_EQUAL_UINT64(50 * second, shortest);
  TEST_ASSERT_LESS_OR_EQUAL_UINT64(53 * second, shortest);
  TEST_ASSERT_LESS_OR_EQUAL_UINT64(100 * second, longest);
  TEST_ASSERT_GREATER_OR_EQUAL_UINT64(97 * second, longest);
  agent.expect_books();
}

EDGESPAN_TEST(what_a_collector_asks_for_is_kept_to_the_millisecond, "reporter") {
  struct Row {
    std::uint64_t asked_us, least_us, most_us;
  };
  // The agent's own pause is a second to three.
  for (const Row& row : {Row{1, second, 3 * second}, Row{second, second, 3 * second},
                         Row{90 * second, 90 * second, 90 * second},
                         Row{90 * second + 1, 90 * second + 1'000, 90 * second + 1'000},
                         Row{3'600 * second, 3'600 * second, 3'600 * second},
                         Row{86'400 * second, 3'600 * second, 3'600 * second}}) {
    SmallAgent agent{{.flush_ms = 10, .retry_max_ms = 3'000}};
    const std::uint64_t pause = pauses<1>(agent, answer(Outcome::overloaded, row.asked_us))[0];
    TEST_ASSERT_GREATER_OR_EQUAL_UINT64(row.least_us, pause);
    TEST_ASSERT_LESS_OR_EQUAL_UINT64(row.most_us, pause);
    agent.expect_books();
  }
}

}  // namespace
