// SPDX-License-Identifier: Apache-2.0
// Row 34 of the failure model: threads end in the middle of a span and of a scope, a hundred thousand of
// them.
#include <edgespan/basic_agent.hpp>
#include <edgespan/scope.hpp>

#include <pthread.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <memory>
#include <new>

#include "support/manual_clock.hpp"
#include "support/test.hpp"

namespace {

using namespace edgespan;

constexpr Limits limits{.spans_open_max = 64};
constexpr std::uint32_t threads_at_once = limits.spans_open_max;
constexpr std::uint32_t deadline_s = 10;
constexpr std::uint32_t threads_in_all = test::steps_are_dear ? 5'000 : 100'000;

// How a thread leaves the span that it works in, and the scope.
enum class Way : std::uint8_t { forgets, exits, returns, count };

struct World {
  test::ManualClock clock;
  BasicAgent<limits> agent;
  Tracing& tracing = agent.tracing();
  std::atomic<std::uint32_t> not_recorded{0};
  std::atomic<std::uint32_t> in_a_strange_scope{0};

  World() {
    clock.set_wall(1'790'000'000'000'000);
    const Sender everything{this,
                            [](void*, std::span<const std::byte>, std::uint64_t) {
                              SendResult result;
                              result.outcome = Outcome::delivered;
                              return result;
                            },
                            [](void*) {}};
    const AgentStatus started =
        agent.start({.tracing = {.span_deadline_s = deadline_s}}, clock.table(), everything);
    TEST_ASSERT_EQUAL_STRING("ok", started.text());
  }
};

struct Work {
  World* world = nullptr;
  Way way = Way::forgets;
  alignas(Span) std::array<std::byte, sizeof(Span)> span{};
  alignas(Scope) std::array<std::byte, sizeof(Scope)> scope{};
};

void* work(void* argument) {
  auto& work = *static_cast<Work*>(argument);
  World& world = *work.world;
  if (current().valid()) ++world.in_a_strange_scope;
  if (work.way == Way::forgets) {  // their memory stays, and no destructor ever runs
    auto* const span = new (work.span.data()) Span{world.tracing.span("forgotten")};
    new (work.scope.data()) Scope{world.tracing, span->context()};
    if (!span->tag("key", "value").recording()) ++world.not_recorded;
    return nullptr;
  }
  Span span = world.tracing.span("left");
  const Scope scope{world.tracing, span.context()};
  if (!span.tag("key", "value").recording()) ++world.not_recorded;
  if (work.way == Way::exits) pthread_exit(nullptr);
  return nullptr;
}

EDGESPAN_TEST(threads_that_end_in_the_middle_of_a_span_give_its_slot_back, "thread") {
  const auto world = std::make_unique<World>();
  const auto works = std::make_unique<std::array<Work, threads_at_once>>();
  std::uint32_t made = 0;
  std::uint32_t forgotten = 0;
  while (made < threads_in_all) {
    std::array<pthread_t, threads_at_once> threads{};
    for (std::uint32_t i = 0; i < threads_at_once; ++i, ++made) {
      Work& each = (*works)[i];
      each.world = world.get();
      each.way = static_cast<Way>(made % static_cast<std::uint32_t>(Way::count));
      if (each.way == Way::forgets) ++forgotten;
      TEST_ASSERT_EQUAL(0, pthread_create(&threads[i], nullptr, work, &each));
    }
    for (const pthread_t thread : threads) pthread_join(thread, nullptr);
    world->clock.advance((deadline_s + 2) * 1'000'000);
    (void)world->agent.reporter().step();
    TEST_ASSERT_EQUAL(Status::ok, world->agent.reporter().flush(10'000));
    TEST_ASSERT_EQUAL(forgotten, world->tracing.books().expired);
  }
  const Books books = world->tracing.books();
  TEST_ASSERT_EQUAL(0, world->not_recorded);
  TEST_ASSERT_EQUAL(0, world->in_a_strange_scope);
  TEST_ASSERT_FALSE(current().valid());
  TEST_ASSERT_TRUE(books.balanced());
  TEST_ASSERT_EQUAL(made, books.finished);
  TEST_ASSERT_EQUAL(made, books.delivered);
  TEST_ASSERT_EQUAL(0, books.faults);
  for (std::uint32_t i = 0; i < threads_at_once; ++i)
    TEST_ASSERT_TRUE(world->tracing.span("new").recording());
}

}  // namespace
