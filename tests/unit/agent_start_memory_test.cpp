// SPDX-License-Identifier: Apache-2.0
// Row 20 of the failure model: memory runs out while the agent starts. The system's libraries allocate for
// its thread; each of these allocations fails in turn, and the start says so or does without.
#include <edgespan/agent.hpp>
#include <edgespan/posix_port.hpp>

#include <atomic>
#include <memory>
#include <string>

#include "memory/trap.hpp"
#include "support/loopback_server.hpp"
#include "support/test.hpp"

namespace {

using namespace edgespan;

// Everything that an agent does from its start to its stop. False: it did not start, and said why.
bool run(Agent<>& agent, const std::string& url, std::size_t failing, std::size_t& left) {
  test::fail_allocation(failing);
  const AgentStatus started = agent.start({.service_name = "gateway", .url = url});
  left = test::fail_allocation(0);
  if (!started.ok()) {
    TEST_ASSERT_FALSE(std::string{started.text()}.empty());
    TEST_ASSERT_FALSE(agent.tracing().enabled());
    TEST_ASSERT_FALSE(agent.tracing().span("none").context().valid());
    TEST_ASSERT_EQUAL(Status::ok, agent.stop(60'000));
    return false;
  }
  test::fail_allocation(failing);
  agent.tracing().span("work").tag("key", "value").finish();
  const Status flushed = agent.reporter().flush(60'000);
  const Status stopped = agent.stop(60'000);
  test::fail_allocation(0);
  TEST_ASSERT_EQUAL(Status::ok, flushed);
  TEST_ASSERT_EQUAL(Status::ok, stopped);
  TEST_ASSERT_EQUAL(1, agent.books().delivered);
  return true;
}

EDGESPAN_TEST(each_allocation_at_the_start_of_an_agent_may_fail, "memory") {
  const test::LoopbackServer server;
  const auto agent = std::make_unique<Agent<> >();
  for (const std::string& url : {server.url(), std::string{"none:"}}) {
    TEST_CONTEXT("url = " << url);
    std::size_t left = 0;
    for (std::size_t failing = 1; left == 0; ++failing) {
      TEST_CONTEXT("failing = " << failing);
      TEST_ASSERT_LESS_OR_EQUAL(100, failing);
      (void)run(*agent, url, failing, left);
    }
    TEST_ASSERT_TRUE(run(*agent, url, 0, left));
  }
}

EDGESPAN_TEST(a_worker_whose_thread_finds_no_memory_does_not_start, "memory") {
  posix::Port port;
  TEST_ASSERT_TRUE(port.init({.stack_bytes = 16 << 20}));  // more than any stack that the C library has kept
  const edgespan_worker& worker = port.worker();
  const auto step = [](void* steps) -> std::uint64_t {
    ++*static_cast<std::atomic<int>*>(steps);
    return 1'000;
  };
  std::atomic<int> steps{0};
  test::fail_allocation(1);
  const bool started = worker.start(worker.ctx, step, &steps);
  TEST_ASSERT_EQUAL(0, test::fail_allocation(0));
  TEST_ASSERT_FALSE(started);
  TEST_ASSERT_TRUE(worker.stop(worker.ctx, 0));
  TEST_ASSERT_EQUAL(0, steps);
  TEST_ASSERT_TRUE(worker.start(worker.ctx, step, &steps));
  while (steps == 0) port.clock().pause(port.clock().ctx, 1'000);
  TEST_ASSERT_TRUE(worker.stop(worker.ctx, 60'000'000));
}

}  // namespace
