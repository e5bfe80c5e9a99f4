// SPDX-License-Identifier: Apache-2.0
// What is left of a thread that is cancelled, or ends, inside of a call of the agent.
#include <edgespan/posix_port.hpp>
#include <edgespan/reporter.hpp>
#include <edgespan/tracing.hpp>

#include "support/test.hpp"

#include <pthread.h>

#include <atomic>
#include <memory>

namespace {

using namespace edgespan;

// A collector that does not answer until it is told to.
struct SlowSender {
  std::atomic<bool> answers{false};
  std::atomic<std::uint32_t> offers{0};
  Sender table() {
    return {this,
            [](void* self, std::span<const std::byte>, std::uint64_t) {
              auto& sender = *static_cast<SlowSender*>(self);
              sender.offers.fetch_add(1);
              SendResult result;
              if (sender.answers.load()) {
                result.outcome = Outcome::delivered;
              } else {
                result.again_us = 1'000;
              }
              return result;
            },
            [](void*) {}};
  }
};

struct Agent {
  std::unique_ptr<Memory<>> memory = std::make_unique<Memory<>>();
  posix::Port port;
  Tracing tracing;
  SlowSender sender;
  Reporter reporter;
  std::atomic<bool> flushing{false};
  Status flushed = Status::ok;
  Agent() {
    TEST_ASSERT_TRUE(port.init());
    TEST_ASSERT_EQUAL(Status::ok, tracing.init(*memory, {}, port.clock()));
    TEST_ASSERT_EQUAL(Status::ok, reporter.init(tracing, sender.table(), {.flush_ms = 60'000}));
    TEST_ASSERT_EQUAL(Status::ok, reporter.start(port.worker()));
  }
};

EDGESPAN_TEST(a_thread_that_is_cancelled_inside_of_flush_leaves_no_hurry_behind, "posix") {
  Agent agent;
  agent.tracing.span("held").finish();
  pthread_t thread{};
  const auto flush = [](void* self) -> void* {
    auto& held = *static_cast<Agent*>(self);
    held.flushing.store(true);
    held.flushed = held.reporter.flush(300);
    pthread_testcancel();
    return nullptr;
  };
  TEST_ASSERT_EQUAL(0, pthread_create(&thread, nullptr, flush, &agent));
  while (agent.sender.offers.load() == 0) agent.port.clock().pause(nullptr, 1'000);
  TEST_ASSERT_TRUE(agent.flushing.load());
  TEST_ASSERT_EQUAL(0, pthread_cancel(thread));
  void* result = nullptr;
  TEST_ASSERT_EQUAL(0, pthread_join(thread, &result));
  TEST_ASSERT_TRUE(result == PTHREAD_CANCELED);
  TEST_ASSERT_EQUAL(Status::timeout, agent.flushed);  // it came to its end first
  agent.sender.answers.store(true);
  TEST_ASSERT_EQUAL(Status::ok, agent.reporter.flush(5'000));
  // Without hurry a batch waits for flush_ms.
  agent.tracing.span("later").finish();
  agent.port.worker().wake(agent.port.worker().ctx);
  agent.port.clock().pause(nullptr, 50'000);
  TEST_ASSERT_EQUAL_UINT64(1, agent.tracing.books().delivered);
}

}  // namespace
