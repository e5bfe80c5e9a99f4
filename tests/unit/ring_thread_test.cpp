// SPDX-License-Identifier: Apache-2.0
#include "support/test.hpp"
#include "support/test_ring.hpp"

#include <array>
#include <atomic>
#include <memory>
#include <thread>
#include <vector>

namespace {

using namespace edgespan;
using test::Ring;

// Producers count what they put in and what was refused; the reader sees each producer's values in order, and
// the sums agree to the last one.
EDGESPAN_TEST(many_producers_and_one_reader_lose_nothing_that_is_not_counted, "thread") {
  constexpr std::uint32_t producers = 6, each = 20'000;
  auto r = std::make_unique<Ring<8>>();
  std::atomic<std::uint32_t> refused{0}, running{producers};
  std::vector<std::thread> threads;
  for (std::uint32_t p = 0; p < producers; ++p) {
    threads.emplace_back([&, p] {
      for (std::uint32_t i = 0; i < each; ++i) {
        if (!r->put(p % detail::stripes, p << 24 | i, 8 + (i * 7 + p) % 500)) refused.fetch_add(1);
      }
      running.fetch_sub(1);
    });
  }
  std::array<std::int64_t, producers> last;
  last.fill(-1);
  std::uint32_t taken = 0;
  bool in_order = true;
  for (bool more = true; more;) {
    const bool ended = running.load() == 0;
    more = false;
    for (std::uint32_t stripe = 0; stripe < detail::stripes; ++stripe) {
      std::uint32_t value = 0;
      while (r->take(stripe, value)) {
        more = true;
        ++taken;
        in_order = in_order && last[value >> 24] < static_cast<std::int64_t>(value & 0xFFFFFF);
        last[value >> 24] = value & 0xFFFFFF;
      }
    }
    more = more || !ended;
  }
  for (std::thread& thread : threads) thread.join();
  TEST_ASSERT_TRUE(in_order);
  TEST_ASSERT_EQUAL(producers * each, taken + refused.load());
  TEST_ASSERT_GREATER_THAN(producers, taken);
  TEST_ASSERT_EQUAL(0, r->ring.chunks_used());
}

}  // namespace
