// SPDX-License-Identifier: Apache-2.0
// Who may step and when; what a flush waits for; what a reporter refuses; what it does after its end.
#include <edgespan/reporter.hpp>

#include "core/housekeepers.hpp"
#include "support/small_agent.hpp"
#include "support/test.hpp"

#include <cstdint>
#include <type_traits>

namespace {

using namespace edgespan;
using test::SmallAgent;

constexpr std::uint64_t second = 1'000'000;

static_assert(!std::is_copy_constructible_v<Reporter> && !std::is_copy_assignable_v<Reporter>);  // pinned

// A part of the agent that holds spans, and sees when it is asked about them.
struct Part {
  SmallAgent& agent;
  std::uint32_t sweeps = 0, sweeps_of_all = 0, brought_out = 0;
  std::uint64_t swept_us = 0, brought_out_us = 0;
  Housekeeper node{.ctx = this,
                   .sweep =
                       [](void* self, std::uint64_t now_us, bool all) {
                         Part& part = *static_cast<Part*>(self);
                         ++(all ? part.sweeps_of_all : part.sweeps);
                         part.swept_us = now_us;
                       },
                   .bring_out =
                       [](void* self, std::uint64_t now_us) {
                         ++static_cast<Part*>(self)->brought_out;
                         static_cast<Part*>(self)->brought_out_us = now_us;
                       }};

  explicit Part(SmallAgent& of) : agent{of} { detail::add_housekeeper(detail::state_of(of.tracing), node); }
  ~Part() { detail::remove_housekeeper(detail::state_of(agent.tracing), node); }
  Part(const Part&) = delete;
  Part& operator=(const Part&) = delete;
};

EDGESPAN_TEST(parts_are_swept_once_a_second_however_often_the_reporter_steps, "reporter") {
  SmallAgent agent;
  agent.clock.advance(10 * second);
  Part first{agent}, second_part{agent};
  for (const std::uint64_t every_us : {std::uint64_t{1'000}, std::uint64_t{999'999}, second, 3 * second}) {
    (void)agent.reporter.step();
    agent.clock.advance(second);
    (void)agent.reporter.step();  // a sweep: the next one is a second away
    std::uint64_t last_us = agent.clock.now_us();
    TEST_ASSERT_EQUAL_UINT64(last_us, first.swept_us);
    for (int steps = 0; steps < 2'500; ++steps) {
      const std::uint32_t before = first.sweeps;
      agent.clock.advance(every_us);
      (void)agent.reporter.step();
      const bool due = agent.clock.now_us() - last_us >= second;
      TEST_ASSERT_EQUAL_UINT32(before + (due ? 1 : 0), first.sweeps);
      if (!due) continue;
      last_us = agent.clock.now_us();
      TEST_ASSERT_EQUAL_UINT64(last_us, first.swept_us);
    }
  }
  TEST_ASSERT_EQUAL_UINT32(first.sweeps, second_part.sweeps);
  TEST_ASSERT_EQUAL_UINT32(0, first.sweeps_of_all);
  TEST_ASSERT_EQUAL_UINT32(0, first.brought_out);
  TEST_ASSERT_TRUE(agent.reporter.stop(1'000) == Status::ok);
  TEST_ASSERT_EQUAL_UINT32(1, first.sweeps_of_all);
  TEST_ASSERT_EQUAL_UINT32(1, second_part.sweeps_of_all);
  TEST_ASSERT_EQUAL_UINT64(agent.clock.now_us(), first.swept_us);
}

EDGESPAN_TEST(a_flush_has_every_part_bring_out_what_it_holds_back, "reporter") {
  if (!detail::has_threads) return;  // no such part
  SmallAgent agent;
  agent.clock.advance(77);
  Part first{agent}, second_part{agent};
  first.node.bring_out = nullptr;  // holds nothing back
  TEST_ASSERT_TRUE(agent.reporter.flush(1'000) == Status::ok);
  TEST_ASSERT_EQUAL_UINT32(0, first.brought_out);
  TEST_ASSERT_EQUAL_UINT32(1, second_part.brought_out);
  TEST_ASSERT_EQUAL_UINT64(agent.clock.now_us(), second_part.brought_out_us);
}

// Another thread that steps while one is inside is sent away, and nothing is done twice.
EDGESPAN_TEST(a_step_within_a_step_returns_at_once, "reporter") {
  SmallAgent agent;
  Reporter& reporter = agent.reporter;
  static std::uint64_t within = 0;
  static Reporter* stepped = nullptr;
  stepped = &reporter;
  Part part{agent};
  part.node.sweep = [](void* self, std::uint64_t, bool) {
    ++static_cast<Part*>(self)->sweeps;
    within = stepped->step();
  };
  agent.clock.advance(2 * second);
  (void)reporter.step();
  TEST_ASSERT_EQUAL_UINT64(1'000, within);
  TEST_ASSERT_EQUAL_UINT32(1, part.sweeps);
  agent.clock.advance(2 * second);
  (void)reporter.step();  // and whoever comes later is let in
  TEST_ASSERT_EQUAL_UINT32(2, part.sweeps);
}

EDGESPAN_TEST(a_reporter_that_has_stopped_answers_and_does_nothing, "reporter") {
  SmallAgent agent{{.flush_ms = 10}};
  agent.finish_spans(2);
  TEST_ASSERT_TRUE(agent.reporter.stop(1'000) == Status::ok);
  const std::size_t offers = agent.sender.offers;
  Part part{agent};
  agent.clock.advance(10 * second);
  agent.reporter.uplink_ready();
  TEST_ASSERT_EQUAL_UINT64(second, agent.reporter.step());
  TEST_ASSERT_TRUE(agent.reporter.flush(1'000) == Status::ok);
  TEST_ASSERT_TRUE(agent.reporter.stop(1'000) == Status::ok);
  TEST_ASSERT_EQUAL_UINT64(offers, agent.sender.offers);
  TEST_ASSERT_EQUAL_UINT64(1, agent.sender.cancelled);
  TEST_ASSERT_EQUAL_UINT32(0, part.sweeps + part.sweeps_of_all + part.brought_out);
  agent.expect_books();
}

EDGESPAN_TEST(a_stop_before_the_date_is_known_drops_what_could_not_leave, "reporter") {
  SmallAgent agent{{.flush_ms = 10}};
  agent.clock.set_wall(0);
  agent.finish_spans(3);
  agent.run_for(3 * second);
  TEST_ASSERT_TRUE(agent.reporter.stop(10) == Status::timeout);
  TEST_ASSERT_EQUAL_UINT64(0, agent.sender.offers);
  TEST_ASSERT_EQUAL_UINT64(3, agent.dropped(DropReason::shutdown));
  agent.expect_books();
}

EDGESPAN_TEST(in_a_forked_child_a_reporter_says_so_and_does_nothing, "reporter") {
  if (!detail::has_threads) return;  // nobody forks
  SmallAgent agent{{.flush_ms = 10}};
  agent.finish_spans(2);
  detail::state_of(agent.tracing).on_fork();
  agent.clock.advance(10 * second);
  const std::uint64_t before_us = agent.clock.now_us();
  TEST_ASSERT_EQUAL_UINT64(1'000, agent.reporter.step());
  TEST_ASSERT_TRUE(agent.reporter.flush(1'000) == Status::forked);
  TEST_ASSERT_TRUE(agent.reporter.stop(1'000) == Status::forked);
  TEST_ASSERT_EQUAL_UINT64(before_us, agent.clock.now_us());
  TEST_ASSERT_EQUAL_UINT64(0, agent.sender.offers);
  TEST_ASSERT_EQUAL_UINT64(0, agent.sender.cancelled);
}

EDGESPAN_TEST(a_flush_ends_at_its_deadline_to_the_microsecond_however_often_the_sender_asks, "reporter") {
  for (const std::uint64_t again_us :
       {std::uint64_t{1}, std::uint64_t{7}, std::uint64_t{999}, std::uint64_t{1'001}, 5 * second}) {
    SmallAgent agent{{.flush_ms = 60'000}};
    agent.sender.fallback = {.again_us = again_us};
    agent.finish_spans(1);
    for (const std::uint32_t timeout_ms : {0U, 1U, 20U}) {
      const std::uint64_t since_us = agent.clock.now_us();
      TEST_ASSERT_TRUE(agent.reporter.flush(timeout_ms) == Status::timeout);
      TEST_ASSERT_EQUAL_UINT64(timeout_ms * std::uint64_t{1'000}, agent.clock.now_us() - since_us);
    }
    // It looks as often as the sender wants to be asked, and once a millisecond at least.
    const std::size_t before = agent.sender.offers;
    TEST_ASSERT_TRUE(agent.reporter.flush(20) == Status::timeout);
    const std::uint64_t looks = 20'000 / (again_us < 1'000 ? again_us : 1'000);
    TEST_ASSERT_GREATER_OR_EQUAL_UINT64(looks, agent.sender.offers - before);
    TEST_ASSERT_LESS_OR_EQUAL_UINT64(looks + 1, agent.sender.offers - before);
    agent.expect_books();
  }
}

EDGESPAN_TEST(a_flush_asks_a_sender_that_has_more_to_do_again_without_a_pause, "reporter") {
  SmallAgent agent{{.flush_ms = 60'000}};
  agent.sender.script({{.again_us = 0}, {.again_us = 0}, {.again_us = 0}});
  agent.finish_spans(1);
  const std::uint64_t since_us = agent.clock.now_us();
  TEST_ASSERT_TRUE(agent.reporter.flush(1'000) == Status::ok);
  TEST_ASSERT_LESS_OR_EQUAL_UINT64(1'000, agent.clock.now_us() - since_us);  // one look after the end
  TEST_ASSERT_EQUAL_UINT64(4, agent.sender.offers);
  agent.expect_books();
}

// Steps when it is woken, as another thread would between two looks of a flush, and keeps the batch full.
struct BusyWorker {
  SmallAgent& agent;
  edgespan_worker table{.ctx = this,
                        .start = [](void*, std::uint64_t (*)(void*), void*) { return true; },
                        .wake = [](void* self) { static_cast<BusyWorker*>(self)->work(); },
                        .stop = [](void*, std::uint64_t) { return true; }};
  int wakes = 0;

  // At every second wake-up a batch is delivered, and at once the next one is with the sender.
  void work() {
    ++wakes;
    agent.sender.fallback.outcome = Outcome::delivered;
    if (wakes % 2 == 0) (void)agent.reporter.step();
    agent.finish_spans(1);
    agent.sender.fallback.outcome = Outcome::pending;
    (void)agent.reporter.step();
  }
};

EDGESPAN_TEST(a_flush_waits_for_no_batch_that_begins_while_it_waits, "reporter") {
  if (!detail::has_threads) return;  // nobody else steps
  SmallAgent agent{{.flush_ms = 60'000}};
  BusyWorker worker{agent};
  TEST_ASSERT_TRUE(agent.reporter.start(worker.table) == Status::ok);
  agent.sender.fallback.outcome = Outcome::pending;
  for (int flushes = 1; flushes <= 5; ++flushes) {
    agent.finish_spans(1);
    const std::uint64_t delivered = agent.tracing.books().delivered;
    const Status status = agent.reporter.flush(50);
    TEST_ASSERT_TRUE(status == Status::ok);
    TEST_ASSERT_GREATER_OR_EQUAL_UINT64(delivered + 1, agent.tracing.books().delivered);
    TEST_ASSERT_GREATER_OR_EQUAL_UINT64(1, agent.tracing.books().in_batch);  // of what has begun meanwhile
    agent.expect_books();
  }
  TEST_ASSERT_LESS_OR_EQUAL_UINT64(5 * 5, static_cast<std::uint64_t>(worker.wakes));
}

EDGESPAN_TEST(each_value_of_a_reporters_configuration_has_its_bounds, "reporter") {
  SmallAgent agent;
  const auto init = [&](const Sender& sender, const ReporterConfig& config) {
    Reporter reporter;
    const Status status = reporter.init(agent.tracing, sender, config);
    if (status == Status::bad_config) {
      TEST_ASSERT_EQUAL_UINT64(1'000, reporter.step());
      TEST_ASSERT_TRUE(reporter.flush(0) == Status::not_started);
    }
    return status;
  };
  const Sender whole = agent.sender.sender();
  TEST_ASSERT_TRUE(init(whole, {.flush_ms = 0}) == Status::bad_config);
  TEST_ASSERT_TRUE(init(whole, {.retry_min_ms = 0}) == Status::bad_config);
  TEST_ASSERT_TRUE(init(whole, {.retry_min_ms = 9, .retry_max_ms = 8}) == Status::bad_config);
  Sender part = whole;
  part.offer = nullptr;
  TEST_ASSERT_TRUE(init(part, {}) == Status::bad_config);
  part = whole;
  part.cancel = nullptr;
  TEST_ASSERT_TRUE(init(part, {}) == Status::bad_config);
  const std::size_t cancelled = agent.sender.cancelled;
  TEST_ASSERT_TRUE(init(whole, {.flush_ms = 1, .retry_min_ms = 1, .retry_max_ms = 1}) == Status::ok);
  TEST_ASSERT_EQUAL_UINT64(cancelled + 1, agent.sender.cancelled);  // its destructor stops it
}

}  // namespace
