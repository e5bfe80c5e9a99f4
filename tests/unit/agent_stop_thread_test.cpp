// SPDX-License-Identifier: Apache-2.0
// Row 35 of the failure model, with real threads: the agent stops while others work, flush, look at the
// books, or stop it themselves, and whatever its collector does. Every stop returns, and from then on every
// span has an end.
#include <edgespan/basic_agent.hpp>
#include <edgespan/posix_port.hpp>

#include <unistd.h>

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "support/test.hpp"

namespace {

using namespace edgespan;

enum class Peer : std::uint8_t { hangs, is_slow, answers };

// Each offer to it takes some calls.
struct Collector {
  Peer peer = Peer::answers;
  std::uint32_t calls = 0;
  std::atomic<std::uint32_t> cancelled{0};

  Sender table() {
    return {this,
            [](void* self, std::span<const std::byte>, std::uint64_t) {
              auto& collector = *static_cast<Collector*>(self);
              SendResult result;
              ++collector.calls;
              const bool done = collector.peer == Peer::answers ||
                                (collector.peer == Peer::is_slow && collector.calls % 5 == 0);
              if (done) result.outcome = Outcome::delivered;
              if (!done) result.again_us = 200;
              return result;
            },
            [](void* self) { ++static_cast<Collector*>(self)->cancelled; }};
  }
};

struct World {
  posix::Port port;
  Collector collector;
  BasicAgent<Limits{}> agent;
  std::atomic<std::uint64_t> finished{0};
  std::atomic<bool> over{false};

  explicit World(Peer peer) {
    collector.peer = peer;
    TEST_ASSERT_TRUE(port.init());
    const AgentStatus started =
        agent.start({.reporter = {.flush_ms = 1}}, port.clock(), collector.table(), &port.worker());
    TEST_ASSERT_EQUAL_STRING("ok", started.text());
  }
  void work() {
    while (!over) {
      Span span = agent.tracing().span("work");
      const bool counts = span.context().sampled();  // even if the stop ends it before the next call
      span.tag("key", "value").finish();
      if (counts) ++finished;
    }
  }
};

// Stops after `delay_us`, on one thread or on two at once. Returns how many spans were delivered.
std::uint64_t stop_amid(Peer peer, unsigned delay_us, bool twice) {
  const auto world = std::make_unique<World>(peer);
  Reporter& reporter = world->agent.reporter();
  std::atomic<int> bad{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 2; ++i) threads.emplace_back([&] { world->work(); });
  threads.emplace_back([&] {
    while (!world->over) (void)reporter.flush(5);
  });
  threads.emplace_back([&] {
    while (!world->over) {
      if (!world->agent.tracing().books().balanced()) ++bad;
      usleep(200);
    }
  });
  usleep(delay_us);
  if (twice) threads.emplace_back([&] { (void)reporter.stop(20); });
  const Status status = reporter.stop(20);
  TEST_ASSERT_TRUE(status == Status::ok || status == Status::timeout);
  world->over = true;
  for (std::thread& thread : threads) thread.join();
  TEST_ASSERT_EQUAL(Status::ok, reporter.stop(20));
  const Books books = world->agent.tracing().books();
  TEST_ASSERT_EQUAL(0, bad);
  TEST_ASSERT_TRUE(books.balanced());
  TEST_ASSERT_EQUAL(0, books.in_ring + books.in_batch);
  TEST_ASSERT_EQUAL(0, books.faults);
  TEST_ASSERT_EQUAL(world->finished, books.finished);
  if (peer == Peer::hangs) TEST_ASSERT_EQUAL(0, books.delivered);
  // It is over: nothing is recorded, and no call reaches the collector.
  const std::uint32_t calls = world->collector.calls;
  TEST_ASSERT_FALSE(world->agent.tracing().span("late").recording());
  TEST_ASSERT_EQUAL(Status::ok, reporter.flush(1'000));
  (void)reporter.step();
  TEST_ASSERT_EQUAL(calls, world->collector.calls);
  return books.delivered;
}

void stop_at_many_moments(bool twice) {
  for (const Peer peer : {Peer::hangs, Peer::is_slow, Peer::answers}) {
    std::uint64_t delivered = 0;
    for (unsigned round = 0; round < 20; ++round) delivered += stop_amid(peer, round * 137, twice);
    if (peer == Peer::answers) TEST_ASSERT_GREATER_THAN(0, delivered);
  }
}

EDGESPAN_TEST(a_stop_amid_of_threads_that_work_and_flush_leaves_no_span_without_an_end, "thread") {
  stop_at_many_moments(false);
}

EDGESPAN_TEST(two_threads_may_stop_an_agent_at_once, "thread") { stop_at_many_moments(true); }

}  // namespace
