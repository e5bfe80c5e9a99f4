// SPDX-License-Identifier: Apache-2.0
#include <edgespan/scope.hpp>
#include <edgespan/tracing.hpp>

#include "support/manual_clock.hpp"
#include "support/test.hpp"

#include <memory>
#include <optional>
#include <thread>
#include <vector>

namespace {

using namespace edgespan;

struct Agent {
  std::unique_ptr<Memory<>> memory = std::make_unique<Memory<>>();
  test::ManualClock clock;
  Tracing tracing;
  Agent() { TEST_ASSERT_EQUAL(Status::ok, tracing.init(*memory, {}, clock.table())); }
};

Context context_of(std::uint64_t number) {
  return {.trace_lo = number, .span_id = number, .decision = Decision::deny};
}

EDGESPAN_TEST(a_scope_that_another_thread_ends_leaves_its_own_thread, "thread") {
  Agent agent;
  std::uint32_t joined = 0;
  for (std::uint64_t i = 1; i <= 1'000; ++i) {
    std::optional<Scope> scope;
    scope.emplace(agent.tracing, context_of(i));
    TEST_ASSERT_EQUAL_UINT64(i, current().trace_lo);
    std::thread{[&] { scope.reset(); }}.join();
    if (current().valid() || agent.tracing.span("work").context().trace_lo == i) ++joined;
  }
  TEST_ASSERT_EQUAL_UINT32(0, joined);
  TEST_ASSERT_EQUAL_UINT32(1'000, agent.tracing.books().scopes_refused);
}

EDGESPAN_TEST(scopes_around_one_that_another_thread_ends_go_on, "thread") {
  Agent agent;
  const Scope outer{agent.tracing, context_of(1)};
  std::optional<Scope> middle, inner;
  middle.emplace(agent.tracing, context_of(2));
  inner.emplace(agent.tracing, context_of(3));
  std::thread{[&] { middle.reset(); }}.join();
  TEST_ASSERT_EQUAL_UINT64(3, current().trace_lo);
  inner.reset();
  TEST_ASSERT_EQUAL_UINT64(1, current().trace_lo);
  std::optional<Scope> deep[scope_depth_max];
  for (auto& one : deep) one.emplace(agent.tracing, context_of(7));  // the last one finds no place
  TEST_ASSERT_EQUAL_UINT32(2, agent.tracing.books().scopes_refused);
}

// The state of a thread that has ended is gone, and may be that of another by now.
EDGESPAN_TEST(a_scope_of_a_thread_that_has_ended_touches_no_other_thread, "thread") {
  Agent agent;
  std::vector<std::unique_ptr<Scope>> left(200);
  for (auto& one : left) {
    std::thread{[&] { one = std::make_unique<Scope>(agent.tracing, context_of(5)); }}.join();
  }
  const Scope mine{agent.tracing, context_of(9)};
  std::thread{[&] {
    const Scope theirs{agent.tracing, context_of(8)};
    left.clear();
    TEST_ASSERT_EQUAL_UINT64(8, current().trace_lo);
  }}.join();
  TEST_ASSERT_EQUAL_UINT64(9, current().trace_lo);
  TEST_ASSERT_EQUAL_UINT32(200, agent.tracing.books().scopes_refused);
}

}  // namespace
