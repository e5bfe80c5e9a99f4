// SPDX-License-Identifier: Apache-2.0
// What a forked child has of the agent of its parent: nothing that it could harm.
#include <edgespan/agent.hpp>

#include "support/forked_threads.hpp"
#include "support/loopback_server.hpp"
#include "support/test.hpp"

#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <thread>
#include <vector>

namespace {

using namespace edgespan;

constexpr int hung = 99;

// Runs `work` in a child, which ends by exit() as a program does; its status, or `hung`.
template <typename Work>
int in_child(Work work) {
  const pid_t child = fork();
  TEST_ASSERT_TRUE(child >= 0);
  if (child == 0) {
    alarm(20);  // ends a child that hangs
    std::exit(work());
  }
  int status = 0;
  TEST_ASSERT_TRUE(waitpid(child, &status, 0) == child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : hung;
}

Agent<> agent;  // static: its destructor runs in every child that exits

AgentConfig quiet_config() {
  AgentConfig config{.service_name = "parent", .url = "none:"};
  config.reporter.flush_ms = 1;
  return config;
}

EDGESPAN_TEST(a_forked_child_is_switched_off_and_says_so, "fork") {
  TEST_ASSERT_EQUAL_STRING("ok", agent.start(quiet_config()).text());
  TEST_ASSERT_FALSE(agent.tracing().forked());
  Span open = agent.tracing().span("open in the parent");
  const int code = in_child([&] {
    if (!agent.tracing().forked() || agent.tracing().enabled()) return 1;
    agent.tracing().enable(true);
    if (agent.tracing().enabled() || agent.tracing().span("x").context().valid()) return 2;
    if (agent.reporter().flush(10'000) != Status::forked) return 3;
    open.tag("a", "b").finish();
    if (agent.books().finished != 0) return 4;
    return agent.stop(10'000) == Status::forked ? 0 : 5;
  });
  TEST_ASSERT_EQUAL(0, code);
  open.finish();
  TEST_ASSERT_EQUAL(Status::ok, agent.stop(1'000));
  TEST_ASSERT_EQUAL_UINT64(1, agent.books().delivered);
}

EDGESPAN_TEST(a_child_may_start_the_agent_anew_with_its_own_books, "fork") {
  if (!test::forked_child_may_start_threads()) return;
  TEST_ASSERT_EQUAL_STRING("ok", agent.start(quiet_config()).text());
  agent.tracing().span("parent").finish();
  Span stale = agent.tracing().span("stale");
  const int code = in_child([&] {
    if (!agent.start(quiet_config()).ok()) return 1;
    if (agent.tracing().forked() || !agent.tracing().enabled()) return 2;
    Span fresh = agent.tracing().span("child");
    stale.finish();
    if (!fresh.recording()) return 3;
    fresh.finish();
    if (agent.reporter().flush(5'000) != Status::ok || agent.books().delivered != 1) return 4;
    return agent.stop(5'000) == Status::ok ? 0 : 5;
  });
  TEST_ASSERT_EQUAL(0, code);
  stale.discard();
  TEST_ASSERT_EQUAL(Status::ok, agent.stop(1'000));
  TEST_ASSERT_EQUAL_UINT64(1, agent.books().delivered);
}

// 1,000 children that start anew, and their parent between them: no id twice.
EDGESPAN_TEST(ids_never_repeat_across_forks, "fork") {
  if (!test::forked_child_may_start_threads()) return;
  constexpr std::size_t children = 1'000, each = 1'000;
  const std::size_t bytes = (children + 1) * each * sizeof(std::uint64_t);
  void* const shared = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  TEST_ASSERT_TRUE(shared != MAP_FAILED);
  auto* const ids = static_cast<std::uint64_t*>(shared);
  const auto draw = [&](std::size_t place) {
    for (std::size_t i = 0; i < each; ++i) {
      Span span = agent.tracing().span("x");
      ids[place * each + i] = span.context().trace_hi;
      span.discard();
    }
  };
  TEST_ASSERT_EQUAL_STRING("ok", agent.start(quiet_config()).text());
  for (std::size_t child = 0; child < children; ++child) {
    const pid_t process = fork();
    TEST_ASSERT_TRUE(process >= 0);
    if (process == 0) {
      if (!agent.start(quiet_config()).ok()) _exit(1);
      draw(child);
      _exit(0);
    }
    int status = 0;
    TEST_ASSERT_TRUE(waitpid(process, &status, 0) == process);
    TEST_ASSERT_EQUAL(0, status);
  }
  draw(children);
  std::sort(ids, ids + (children + 1) * each);
  TEST_ASSERT_TRUE(ids[0] != 0);
  TEST_ASSERT_TRUE(std::adjacent_find(ids, ids + (children + 1) * each) == ids + (children + 1) * each);
  munmap(shared, bytes);
  TEST_ASSERT_EQUAL(Status::ok, agent.stop(1'000));
}

EDGESPAN_TEST(children_that_are_forked_at_any_moment_exit_at_once, "fork") {
  TEST_ASSERT_EQUAL_STRING("ok", agent.start(quiet_config()).text());
  std::atomic<bool> stop{false};
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&] {
      while (!stop.load()) {
        agent.tracing().span("load").tag("key", "value").finish();
        static_cast<void>(agent.books());
      }
    });
  }
  const bool starts = test::forked_child_may_start_threads();
  int bad = 0;
  for (int i = 0; i < 400; ++i) {
    const int code =
        in_child([&] { return starts && i % 2 == 0 && !agent.start(quiet_config()).ok() ? 1 : 0; });
    bad += code == 0 ? 0 : 1;
  }
  stop.store(true);
  for (std::thread& thread : threads) thread.join();
  TEST_ASSERT_EQUAL(0, bad);
  TEST_ASSERT_EQUAL(Status::ok, agent.stop(5'000));
  TEST_ASSERT_TRUE(agent.books().balanced());
}

}  // namespace
