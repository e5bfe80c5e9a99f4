// SPDX-License-Identifier: Apache-2.0
// A part of the agent ends while the reporter's thread is at work.
#include <edgespan/basic_agent.hpp>

#include "core/housekeepers.hpp"
#include "kafka/kafka_state.hpp"
#include "support/mock_kafka.hpp"
#include "support/test.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstring>
#include <new>
#include <thread>

namespace {

using namespace edgespan;
using namespace edgespan::test;

// An agent that is stepped by hand and looks at its parts at every step.
struct Stepped {
  Stepped() {
    TEST_ASSERT_EQUAL_STRING(
        "ok",
        agent.start({.service_name = "gateway", .tracing = {}, .reporter = {}}, clock.table(), sender.table())
            .text());
  }
  detail::TracingState& state() { return detail::state_of(agent.tracing()); }
  void sweep() {
    clock.advance_s(2);
    (void)agent.reporter().step();
  }

  TestClock clock;
  CapturingSender sender;
  // All spans of a test fit in, so that none is dropped when the thread that steps comes late.
  BasicAgent<Limits{.ring_bytes = 64 * ring_chunk_bytes}> agent;
};

EDGESPAN_TEST(a_part_that_ends_waits_for_the_sweep_that_calls_it_and_is_not_called_again, "thread") {
  Stepped stepped;
  struct Part {
    std::atomic<int> calls{0};
    std::atomic<bool> may_leave{false};
  } part;
  Housekeeper node{.ctx = &part, .sweep = [](void* self, std::uint64_t, bool) {
                     ++static_cast<Part*>(self)->calls;
                     while (!static_cast<Part*>(self)->may_leave) std::this_thread::yield();
                   }};
  Housekeeper other{.ctx = nullptr, .sweep = [](void*, std::uint64_t, bool) {}};
  detail::add_housekeeper(stepped.state(), node);
  detail::add_housekeeper(stepped.state(), other);
  std::thread reporter{[&] { stepped.sweep(); }};
  while (part.calls == 0) std::this_thread::yield();
  std::atomic<bool> removed{false};
  std::thread owner{[&] {
    detail::remove_housekeeper(stepped.state(), node);
    removed = true;
  }};
  std::this_thread::sleep_for(std::chrono::milliseconds{20});
  TEST_ASSERT_FALSE(removed.load());
  part.may_leave = true;
  owner.join();
  reporter.join();
  stepped.sweep();
  TEST_ASSERT_EQUAL(1, part.calls.load());
  TEST_ASSERT_TRUE(stepped.state().housekeepers == &other);
  detail::remove_housekeeper(stepped.state(), other);
}

// A step that is inside goes on only once stop() has paused for it.
EDGESPAN_TEST(a_stop_waits_for_the_step_that_is_inside_and_for_nobody_else, "thread") {
  static std::atomic<int> pauses{0};
  for (const bool inside : {false, true}) {
    TestClock clock;
    edgespan_clock table = clock.table();
    table.pause = [](void*, std::uint64_t) { ++pauses; };
    CapturingSender sender;
    BasicAgent<> agent;
    TEST_ASSERT_EQUAL_STRING(
        "ok", agent.start({.service_name = "gateway", .tracing = {}, .reporter = {}}, table, sender.table())
                  .text());
    pauses = 0;
    std::atomic<bool> entered{false};
    Housekeeper node{.ctx = &entered, .sweep = [](void* self, std::uint64_t, bool) {
                       *static_cast<std::atomic<bool>*>(self) = true;
                       while (pauses == 0) std::this_thread::yield();
                     }};
    std::thread stepping;
    if (inside) {
      detail::add_housekeeper(detail::state_of(agent.tracing()), node);
      clock.advance_s(2);
      stepping = std::thread{[&] { (void)agent.reporter().step(); }};
      while (!entered) std::this_thread::yield();
    }
    TEST_ASSERT_EQUAL(Status::ok, agent.stop(5'000));
    if (inside) {
      stepping.join();
      detail::remove_housekeeper(detail::state_of(agent.tracing()), node);
    }
    TEST_ASSERT_EQUAL(inside, pauses != 0);
  }
}

// Whatever is built in its memory afterwards is not taken for it.
EDGESPAN_TEST(kafka_tracing_that_ends_before_its_reporter_leaves_nothing_behind, "thread") {
  Stepped stepped;
  const auto memory = std::make_unique<KafkaMemory<>>();
  alignas(KafkaTracing) std::byte place[sizeof(KafkaTracing)];
  std::atomic<bool> done{false};
  std::thread reporter{[&] {
    while (!done) stepped.sweep();
  }};
  constexpr int rounds = 200;
  for (int i = 0; i < rounds; ++i) {
    auto* const kafka = new (place) KafkaTracing;
    TEST_ASSERT_EQUAL(Status::ok, kafka->init(stepped.agent.tracing(), memory->inflight));
    kafka_detail::InflightSpan span{{0, 1, 2, 0, Decision::accept}, stepped.state().now_us()};
    TEST_ASSERT_TRUE(kafka_detail::state_of(*kafka).inflight.insert(place, 1, span) ==
                     kafka_detail::InflightTable::Insert::stored);
    if (i % 2 == 0) std::this_thread::yield();
    kafka->~KafkaTracing();
    std::memset(place, 0xFF, sizeof place);
    std::memset(static_cast<void*>(memory.get()), 0xFF, sizeof *memory);
  }
  done = true;
  reporter.join();
  TEST_ASSERT_NULL(stepped.state().housekeepers);
  TEST_ASSERT_EQUAL(Status::ok, stepped.agent.stop(5'000));
  TEST_ASSERT_EQUAL(rounds, stepped.agent.books().expired);
  TEST_ASSERT_EQUAL(rounds, stepped.agent.books().finished);
  TEST_ASSERT_TRUE(stepped.agent.books().balanced());
  TEST_ASSERT_EQUAL(rounds, stepped.sender.spans.size());
  for (const DecodedSpan& span : stepped.sender.spans)
    TEST_ASSERT_EQUAL_STRING("abandoned", span.tag("error"));
}

EDGESPAN_TEST(kafka_tracing_that_was_never_started_ends_in_silence, "kafka") {
  const KafkaTracing kafka;
  Stepped stepped;
  TEST_ASSERT_NULL(stepped.state().housekeepers);
}

}  // namespace
