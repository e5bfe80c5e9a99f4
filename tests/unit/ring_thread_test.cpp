// SPDX-License-Identifier: Apache-2.0
#include "support/test.hpp"
#include "support/test_ring.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <memory>
#include <thread>
#include <vector>

namespace {

using namespace edgespan;
using test::Ring;

// Producers count what they put in and what was refused; the reader sees each producer's values in order, but
// for those whose claim it passed over, and the sums agree to the last one. `hold_up` is called between claim
// and commit.
template <typename HoldUp>
void produce_and_read(HoldUp hold_up) {
  constexpr std::uint32_t producers = 6, each = 20'000;
  auto r = std::make_unique<Ring<8>>();
  std::atomic<std::uint32_t> refused{0}, running{producers};
  std::vector<std::thread> threads;
  for (std::uint32_t p = 0; p < producers; ++p) {
    threads.emplace_back([&, p] {
      for (std::uint32_t i = 0; i < each; ++i) {
        const auto pause = [&] { hold_up(p, i); };
        if (!r->put(p % detail::stripes, p << 24 | i, 8 + (i * 7 + p) % 500, pause)) refused.fetch_add(1);
      }
      running.fetch_sub(1);
    });
  }
  std::array<std::int64_t, producers> last;
  last.fill(-1);
  std::uint32_t taken = 0, late = 0, disorder = 0;
  for (bool more = true; more;) {
    const bool ended = running.load() == 0;
    more = false;
    std::uint32_t value = 0;
    while (r->take_late(value)) ++late;
    for (std::uint32_t stripe = 0; stripe < detail::stripes; ++stripe) {
      while (r->take(stripe, value)) {
        more = true;
        ++taken;
        if (last[value >> 24] >= static_cast<std::int64_t>(value & 0xFFFFFF)) ++disorder;
        last[value >> 24] = value & 0xFFFFFF;
      }
    }
    more = more || !ended;
  }
  for (std::thread& thread : threads) thread.join();
  std::uint32_t value = 0;
  while (r->take_late(value)) ++late;
  TEST_ASSERT_EQUAL_UINT32(0, disorder);
  TEST_ASSERT_EQUAL_UINT32(producers * each, taken + late + refused.load());
  TEST_ASSERT_TRUE(taken > producers);
  TEST_ASSERT_EQUAL_UINT32(0, r->ring.chunks_used());
}

EDGESPAN_TEST(many_producers_and_one_reader_lose_nothing_that_is_not_counted, "thread") {
  produce_and_read([](std::uint32_t, std::uint32_t) {});
}

EDGESPAN_TEST(producers_that_are_held_up_in_a_claim_hold_up_nobody_else, "thread") {
  produce_and_read([](std::uint32_t producer, std::uint32_t i) {
    if (i % 1'000 == producer) std::this_thread::sleep_for(std::chrono::microseconds{200});
  });
}

}  // namespace
