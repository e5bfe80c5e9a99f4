// SPDX-License-Identifier: Apache-2.0
#include <edgespan/sampler.hpp>

#include "support/test.hpp"

#include <atomic>
#include <thread>
#include <vector>

namespace {

using namespace edgespan;

// Each thread has a clock of its own, which runs ahead of or behind the others by up to half a second, as a
// thread does that was stopped after it had read the time.
EDGESPAN_TEST(threads_together_get_no_more_than_the_limit_in_a_second, "thread") {
  constexpr std::uint32_t threads_max = 8, seconds = 200, limit = 5;
  const Sampler five = Sampler::rate_limit(limit);
  std::atomic<std::uint32_t> kept{0};
  std::vector<std::thread> threads;
  for (std::uint32_t i = 0; i < threads_max; ++i) {
    threads.emplace_back([&, i] {
      for (std::uint64_t ms = 0; ms < seconds * 1'000; ++ms) {
        const std::uint64_t now_us = (100'000 + ms + i * 60) * 1'000;
        if (five.keep(1, now_us)) kept.fetch_add(1);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  TEST_ASSERT_LESS_OR_EQUAL_UINT32((seconds + 2) * limit, kept.load());
  // Whoever opens a second has gone through all of the one before.
  TEST_ASSERT_GREATER_OR_EQUAL_UINT64(seconds * limit, kept.load());
}

}  // namespace
