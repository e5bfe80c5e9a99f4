// SPDX-License-Identifier: Apache-2.0
// The thread that steps the reporter: when it is woken, and where there is none.
#include <edgespan/reporter.hpp>

#include "core/stripe_counters.hpp"
#include "support/small_agent.hpp"
#include "support/test.hpp"

namespace {

using namespace edgespan;
using test::SmallAgent;

// Calls nobody: the test steps, and sees who would be woken.
struct CountingWorker {
  edgespan_worker table{.ctx = this,
                        .start = [](void*, std::uint64_t (*)(void*), void*) { return true; },
                        .wake = [](void* self) { ++static_cast<CountingWorker*>(self)->wakes; },
                        .stop =
                            [](void* self, std::uint64_t us) {
                              ++static_cast<CountingWorker*>(self)->stops;
                              static_cast<CountingWorker*>(self)->stop_us = us;
                              return true;
                            }};
  std::uint64_t wakes = 0, stops = 0;
  std::uint64_t stop_us = 0;  // how long the last stop() may wait
};

EDGESPAN_TEST(the_table_of_a_worker_may_go_at_once, "reporter") {
  if (!detail::has_threads) return;  // nobody to wake
  CountingWorker worker;
  SmallAgent agent;
  {
    edgespan_worker table = worker.table;
    TEST_ASSERT_TRUE(agent.reporter.start(table) == Status::ok);
    table = {};
  }
  TEST_ASSERT_TRUE(agent.reporter.start(worker.table) == Status::already_started);
  agent.reporter.uplink_ready();
  TEST_ASSERT_EQUAL_UINT64(1, worker.wakes);
  TEST_ASSERT_TRUE(agent.reporter.stop(1) == Status::ok);
}

EDGESPAN_TEST(a_worker_that_cannot_work_is_refused_and_another_one_taken, "reporter") {
  if (!detail::has_threads) return;  // nobody to start
  CountingWorker worker;
  SmallAgent agent;
  edgespan_worker table = worker.table;
  table.start = nullptr;
  TEST_ASSERT_TRUE(agent.reporter.start(table) == Status::bad_config);
  table = worker.table;
  table.wake = nullptr;
  TEST_ASSERT_TRUE(agent.reporter.start(table) == Status::bad_config);
  table = worker.table;
  table.stop = nullptr;
  TEST_ASSERT_TRUE(agent.reporter.start(table) == Status::bad_config);
  table = worker.table;
  table.start = [](void*, std::uint64_t (*)(void*), void*) { return false; };
  TEST_ASSERT_TRUE(agent.reporter.start(table) == Status::no_thread);
  agent.reporter.uplink_ready();
  TEST_ASSERT_EQUAL_UINT64(0, worker.wakes);
  TEST_ASSERT_TRUE(agent.reporter.start(worker.table) == Status::ok);
  TEST_ASSERT_TRUE(agent.reporter.stop(1) == Status::ok);
  const std::uint64_t wakes = worker.wakes;
  agent.reporter.uplink_ready();
  TEST_ASSERT_EQUAL_UINT64(wakes, worker.wakes);  // its thread has ended
  TEST_ASSERT_TRUE(agent.reporter.start(worker.table) == Status::already_started);
}

EDGESPAN_TEST(stop_ends_the_thread_in_what_is_left_of_its_time_and_in_no_less_than_a_millisecond,
              "reporter") {
  if (!detail::has_threads) return;  // nobody to end
  struct Row {
    std::uint32_t deadline_ms;
    std::uint64_t stop_us;
  };
  for (const Row& row : {Row{2'000, 2'000'000}, Row{1, 1'000}, Row{0, 1'000}}) {
    CountingWorker worker;
    SmallAgent agent;
    TEST_ASSERT_TRUE(agent.reporter.start(worker.table) == Status::ok);
    TEST_ASSERT_TRUE(agent.reporter.stop(row.deadline_ms) == Status::ok);
    TEST_ASSERT_EQUAL_UINT64(1, worker.stops);
    TEST_ASSERT_EQUAL_UINT64(row.stop_us, worker.stop_us);
    TEST_ASSERT_TRUE(agent.reporter.stop(row.deadline_ms) == Status::ok);
    TEST_ASSERT_EQUAL_UINT64(1, worker.stops);
  }
}

EDGESPAN_TEST(a_ring_that_is_half_full_wakes_the_reporter_but_not_while_nothing_can_leave, "reporter") {
  if (!detail::has_threads) return;  // nobody to wake
  CountingWorker worker;
  SmallAgent agent{{.local = {.service_name = "Gateway"}, .drop_oldest = true}, {.flush_ms = 10}};
  TEST_ASSERT_TRUE(agent.reporter.start(worker.table) == Status::ok);
  agent.finish_spans(2);
  TEST_ASSERT_EQUAL_UINT64(0, worker.wakes);
  agent.finish_spans(40);
  TEST_ASSERT_EQUAL_UINT64(1, worker.wakes);

  agent.sender.fallback = {.outcome = Outcome::unreachable};
  agent.run_for(100'000);
  agent.finish_spans(40);
  const std::uint64_t begun = worker.wakes;
  for (int i = 0; i < 20; ++i) {
    agent.run_for(10'000);
    agent.finish_spans(40);  // the ring goes round
  }
  TEST_ASSERT_EQUAL_UINT64(begun, worker.wakes);

  agent.sender.fallback = {.outcome = Outcome::delivered};
  agent.run_for(60'000'000);
  agent.finish_spans(40);
  TEST_ASSERT_EQUAL_UINT64(begun + 1, worker.wakes);
  agent.expect_books();
}

EDGESPAN_TEST(a_reporter_that_goes_from_batch_to_batch_is_woken_by_none_of_them, "reporter") {
  if (!detail::has_threads) return;  // nobody to wake
  CountingWorker worker;
  SmallAgent agent{{.local = {.service_name = "Gateway"}, .drop_oldest = true}, {.flush_ms = 10}};
  TEST_ASSERT_TRUE(agent.reporter.start(worker.table) == Status::ok);
  agent.finish_spans(80);
  TEST_ASSERT_EQUAL_UINT64(1, worker.wakes);
  for (int batches = 0; batches < 20; ++batches) {
    TEST_ASSERT_EQUAL_UINT32(0, agent.reporter.step());  // it comes again at once
    agent.finish_spans(80);
  }
  TEST_ASSERT_EQUAL_UINT64(1, worker.wakes);

  agent.run_for(100'000);  // until nothing is left
  agent.finish_spans(80);
  TEST_ASSERT_EQUAL_UINT64(2, worker.wakes);
  agent.expect_books();
}

EDGESPAN_TEST(a_board_without_threads_has_none_for_the_reporter, "reporter") {
  if (detail::has_threads) return;
  CountingWorker worker;
  SmallAgent agent;
  TEST_ASSERT_TRUE(agent.reporter.start(worker.table) == Status::no_thread);
}

}  // namespace
