// SPDX-License-Identifier: Apache-2.0
// How long a finished span waits for its batch to fill.
#include <edgespan/reporter.hpp>

#include "support/small_agent.hpp"
#include "support/test.hpp"

#include <cstdint>

namespace {

using namespace edgespan;
using test::SmallAgent;

// Runs the reporter as slowly as step() allows, until an offer is made; how long after `since_us` that was.
std::uint64_t offered_after_us(SmallAgent& agent, std::uint64_t since_us) {
  const std::size_t before = agent.sender.offers;
  for (int steps = 0; steps < 100; ++steps) {
    const std::uint64_t again_us = agent.reporter.step();
    if (agent.sender.offers != before) return agent.clock.now_us() - since_us;
    agent.clock.advance(again_us);
  }
  TEST_FAIL_MESSAGE("nothing was offered");
  return 0;
}

EDGESPAN_TEST(flush_ms_counts_from_the_finish_of_a_span_not_from_the_next_look, "reporter") {
  for (const std::uint32_t flush_ms : {20U, 1'000U, 7'500U}) {
    const std::uint64_t flush_us = flush_ms * 1'000;
    SmallAgent agent{{.flush_ms = flush_ms}};
    for (std::uint64_t percent = 1; percent < 100; percent += 7) {
      const std::uint64_t again_us = agent.reporter.step();  // looks, and finds nothing
      const std::uint64_t passed_us = again_us * percent / 100;
      agent.clock.advance(passed_us);
      agent.finish_spans(1);
      const std::uint64_t finished_us = agent.clock.now_us();
      agent.clock.advance(again_us - passed_us);
      const std::uint64_t after_us = offered_after_us(agent, finished_us);
      TEST_ASSERT_LESS_OR_EQUAL_UINT64(flush_us + 1, after_us);  // a span lasts 1 us at least
      TEST_ASSERT_GREATER_OR_EQUAL_UINT64(flush_us, after_us);   // and the batch had its time to fill
    }
    agent.expect_books();
  }
}

EDGESPAN_TEST(the_oldest_span_of_a_batch_sets_its_time, "reporter") {
  SmallAgent agent{{.flush_ms = 1'000}};
  agent.clock.advance(10'000'000);
  Span slow = agent.tracing.span("slow");
  agent.finish_spans(1);
  const std::uint64_t finished_us = agent.clock.now_us();
  for (int i = 0; i < 9; ++i) {
    agent.clock.advance(100'000);
    agent.finish_spans(1);
    (void)agent.reporter.step();
    TEST_ASSERT_EQUAL_UINT64(0, agent.sender.offers);
  }
  slow.finish();  // its start is as early as the first one's finish
  ++agent.finished;
  TEST_ASSERT_EQUAL_UINT64(1'000'001, offered_after_us(agent, finished_us));
  TEST_ASSERT_EQUAL_UINT64(11, agent.tracing.books().delivered);
  agent.expect_books();
}

EDGESPAN_TEST(spans_that_waited_longer_than_flush_ms_for_another_batch_leave_at_once, "reporter") {
  SmallAgent agent{{.flush_ms = 1'000}};
  agent.sender.fallback = {.outcome = Outcome::pending, .again_us = 100'000};
  agent.finish_spans(1);
  agent.run_for(1'100'000);
  agent.finish_spans(1);
  agent.run_for(1'200'000);
  agent.sender.fallback = {.outcome = Outcome::delivered};
  const std::size_t before = agent.sender.batches_delivered;
  agent.run_for(110'000);
  TEST_ASSERT_EQUAL_UINT64(before + 2, agent.sender.batches_delivered);
  agent.expect_books();
}

}  // namespace
