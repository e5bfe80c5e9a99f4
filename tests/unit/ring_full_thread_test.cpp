// SPDX-License-Identifier: Apache-2.0
// Row 19 of the failure model: four threads finish spans, and nobody takes any away. What has no room is
// counted to the last one, whichever of the two a full ring drops.
#include <edgespan/basic_agent.hpp>
#include <edgespan/posix_port.hpp>

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "support/decoded_span.hpp"
#include "support/test.hpp"

namespace {

using namespace edgespan;

constexpr int threads = 4;
constexpr std::uint64_t each = 5'000;

void fill(bool drop_oldest) {
  const posix::Port port;
  std::size_t offered = 0;
  const Sender sender{&offered,
                      [](void* self, std::span<const std::byte> batch, std::uint64_t) {
                        *static_cast<std::size_t*>(self) += test::decode_spans(batch).size();
                        SendResult result;
                        result.outcome = Outcome::delivered;
                        return result;
                      },
                      [](void*) {}};
  const auto agent = std::make_unique<BasicAgent<Limits{}>>();
  const AgentStatus started = agent->start({.tracing = {.drop_oldest = drop_oldest}}, port.clock(), sender);
  TEST_ASSERT_EQUAL_STRING("ok", started.text());
  Tracing& tracing = agent->tracing();
  std::atomic<int> ready{0};
  std::atomic<int> unbalanced{0};
  std::vector<std::thread> workers;
  for (int i = 0; i < threads; ++i) {
    workers.emplace_back([&] {
      ++ready;
      while (ready < threads) std::this_thread::yield();
      for (std::uint64_t n = 0; n < each; ++n) {
        tracing.span("work").tag("key", "value").finish();
        if (n % 500 == 0 && !tracing.books().balanced()) ++unbalanced;
      }
    });
  }
  for (std::thread& worker : workers) worker.join();
  TEST_ASSERT_EQUAL(0, unbalanced);
  const Books full = tracing.books();
  const std::uint64_t dropped = full.dropped[static_cast<std::size_t>(DropReason::ring_full)];
  TEST_ASSERT_TRUE(full.balanced());
  TEST_ASSERT_EQUAL(threads * each, full.finished);
  TEST_ASSERT_EQUAL(dropped, full.dropped_total());
  TEST_ASSERT_EQUAL(threads * each - dropped, full.in_ring);
  TEST_ASSERT_GREATER_THAN(threads * each / 2, dropped);
  TEST_ASSERT_GREATER_THAN(50, full.in_ring);
  // What the books say is held is what comes out.
  TEST_ASSERT_EQUAL(Status::ok, agent->reporter().flush(60'000));
  TEST_ASSERT_EQUAL(full.in_ring, offered);
  TEST_ASSERT_EQUAL(full.in_ring, tracing.books().delivered);
  TEST_ASSERT_EQUAL(dropped, tracing.books().dropped_total());
}

EDGESPAN_TEST(four_threads_fill_a_ring_that_nobody_reads_and_each_drop_is_counted, "thread") { fill(false); }
EDGESPAN_TEST(four_threads_push_the_oldest_out_of_a_ring_that_nobody_reads_and_each_drop_is_counted,
              "thread") {
  fill(true);
}

}  // namespace
