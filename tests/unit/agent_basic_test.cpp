// SPDX-License-Identifier: Apache-2.0
// The agent over core alone: what start() refuses and says, and that a stopped agent starts again.
#include <edgespan/basic_agent.hpp>

#include <string_view>

#include "support/manual_clock.hpp"
#include "support/misuse.hpp"
#include "support/recording_sender.hpp"
#include "support/test.hpp"

namespace {

using namespace edgespan;

constexpr std::uint64_t wall_us = 1'790'000'000'000'000;
constexpr Limits limits{.ring_bytes = 2'048, .batch_bytes = 1'024, .spans_open_max = 2};

struct World {
  test::ManualClock clock;
  test::RecordingSender sender;
};

// One for all tests here, so that each of them also finds it as the one before left it.
BasicAgent<limits> agent;

AgentStatus start(World& world, const BasicAgentConfig& config = {.service_name = "pump"}) {
  world.clock.set_wall(wall_us);
  return agent.start(config, world.clock.table(), world.sender.sender());
}

void expect_refused(const BasicAgentConfig& config, Status status, const char* text) {
  World world;
  const AgentStatus refused = start(world, config);
  TEST_ASSERT_TRUE(refused.status() == status);
  TEST_ASSERT_FALSE(refused.ok());
  TEST_ASSERT_EQUAL_STRING(text, refused.text());
  TEST_ASSERT_FALSE(agent.tracing().enabled());
}

EDGESPAN_TEST(an_agent_delivers_and_stops, "agent") {
  World world;
  TEST_ASSERT_EQUAL_STRING("ok", start(world).text());
  agent.tracing().span("work").finish();
  TEST_ASSERT_TRUE(agent.stop(1'000) == Status::ok);
  TEST_ASSERT_EQUAL_UINT64(1, agent.books().delivered);
  TEST_ASSERT_EQUAL_UINT64(1, world.sender.batches_delivered);
  TEST_ASSERT_TRUE(agent.stop(1'000) == Status::ok);
}

EDGESPAN_TEST(a_stopped_agent_records_nothing, "agent") {
  World world;
  TEST_ASSERT_TRUE(start(world).ok());
  TEST_ASSERT_TRUE(agent.stop(0) == Status::ok);
  TEST_ASSERT_FALSE(agent.tracing().span("late").context().valid());
  TEST_ASSERT_EQUAL_UINT64(0, agent.books().finished);
}

EDGESPAN_TEST(a_stopped_agent_starts_again_with_books_of_its_own, "agent") {
  for (int round = 0; round < 3; ++round) {
    World world;
    TEST_ASSERT_TRUE(start(world).ok());
    agent.tracing().span("work").finish();
    TEST_ASSERT_TRUE(agent.reporter().flush(1'000) == Status::ok);
    TEST_ASSERT_EQUAL_UINT64(1, agent.books().delivered);
    TEST_ASSERT_TRUE(agent.stop(0) == Status::ok);
  }
}

EDGESPAN_TEST(what_is_held_at_the_deadline_is_counted, "agent") {
  World world;
  world.sender.fallback = {.outcome = Outcome::pending, .again_us = 1'000};
  TEST_ASSERT_TRUE(start(world).ok());
  agent.tracing().span("work").finish();
  TEST_ASSERT_TRUE(agent.stop(50) == Status::timeout);
  TEST_ASSERT_EQUAL_UINT64(1, agent.books().dropped_total());
  TEST_ASSERT_TRUE(agent.books().balanced());
}

EDGESPAN_TEST(an_agent_that_runs_does_not_start_again, "agent") {
  World world;
  TEST_ASSERT_TRUE(start(world).ok());
  agent.tracing().span("work").finish();
  const AgentStatus again = start(world);
  TEST_ASSERT_TRUE(again.status() == Status::already_started);
  TEST_ASSERT_EQUAL_STRING("start: the agent runs; stop() it first", again.text());
  TEST_ASSERT_TRUE(agent.stop(1'000) == Status::ok);
  TEST_ASSERT_EQUAL_UINT64(1, agent.books().delivered);
}

EDGESPAN_TEST(a_wrong_setting_is_named_and_start_can_be_repeated, "agent") {
  expect_refused({.tracing = {.local = {.service_name = ""}}}, Status::bad_text,
                 "service_name: a name is empty, longer than 63 bytes or not UTF-8");
  expect_refused({.service_name = "\xFF"}, Status::bad_text,
                 "service_name '\xFF': a name is empty, longer than 63 bytes or not UTF-8");
  expect_refused({.tracing = {.span_deadline_s = 0}}, Status::bad_config,
                 "tracing.span_deadline_s: give 1 or more");
  expect_refused({.reporter = {.flush_ms = 0}}, Status::bad_config, "reporter.flush_ms: give 1 or more");
  expect_refused({.reporter = {.retry_min_ms = 0}}, Status::bad_config,
                 "reporter.retry_min_ms: give 1 or more");
  expect_refused({.reporter = {.retry_min_ms = 9, .retry_max_ms = 8}}, Status::bad_config,
                 "reporter.retry_max_ms: give no less than retry_min_ms");
  World world;
  TEST_ASSERT_TRUE(start(world).ok());
  TEST_ASSERT_TRUE(agent.stop(0) == Status::ok);
}

EDGESPAN_TEST(an_incomplete_table_is_named, "agent") {
  World world;
  AgentStatus status = agent.start({}, {}, world.sender.sender());
  TEST_ASSERT_EQUAL_STRING("clock: a function of the table is missing", status.text());
  status = agent.start({}, world.clock.table(), {});
  TEST_ASSERT_EQUAL_STRING("sender: a function of the table is missing", status.text());
  const edgespan_worker no_thread{.ctx = nullptr,
                                  .start = [](void*, std::uint64_t (*)(void*), void*) { return false; },
                                  .wake = [](void*) {},
                                  .stop = [](void*, std::uint64_t) { return true; }};
  status = agent.start({}, world.clock.table(), world.sender.sender(), &no_thread);
  TEST_ASSERT_TRUE(status.status() == Status::no_thread);
  TEST_ASSERT_TRUE(std::string_view{status.text()}.starts_with("worker: "));
}

EDGESPAN_TEST(a_memory_that_does_not_do_is_named, "agent") {
  World world;
  AgentCore core;
  TEST_ASSERT_TRUE(core.claim().ok());
  core.renew();
  const AgentStatus status = core.begin({}, "pump", {}, world.clock.table());
  TEST_ASSERT_TRUE(status.status() == Status::too_small);
  TEST_ASSERT_TRUE(std::string_view{status.text()}.starts_with("memory 'ring': "));
}

EDGESPAN_TEST(a_memory_that_lies_wrong_is_named, "agent") {
  World world;
  AgentCore core;
  TEST_ASSERT_TRUE(core.claim().ok());
  // A board with 16 KiB has no room for a second one of the size above.
  static Memory<Limits{.ring_bytes = ring_chunk_bytes, .batch_bytes = span_bytes_max, .spans_open_max = 1}>
      memory;
  TracingMemory given = memory;
  given.ring = {given.ring.data() + 1, given.ring.size()};  // nobody reads it
  const AgentStatus status = core.begin(given, "pump", {}, world.clock.table());
  TEST_ASSERT_TRUE(status.status() == Status::misaligned);
  TEST_ASSERT_TRUE(std::string_view{status.text()}.starts_with("memory: "));
}

EDGESPAN_TEST(a_long_text_is_cut, "agent") {
  char longer[AgentStatus::text_bytes_max + 10];
  for (char& c : longer) c = 'x';
  const AgentStatus status{Status::bad_text, "name", {longer, sizeof longer}};
  TEST_ASSERT_EQUAL_UINT64(AgentStatus::text_bytes_max, std::string_view{status.text()}.size());
}

EDGESPAN_TEST(an_agents_calls_have_an_order, "agent") {
  World world;
  AgentCore core;
  TEST_ASSERT_FAULT(core.begin({}, "pump", {}, world.clock.table()));
  TEST_ASSERT_FAULT(core.run(world.sender.sender(), {}, nullptr));
  TEST_ASSERT_FAULT(core.rest());
  TEST_ASSERT_TRUE(core.halt(0) == Status::not_started);
}

}  // namespace
