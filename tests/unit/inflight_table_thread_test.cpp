// SPDX-License-Identifier: Apache-2.0
#include "support/test.hpp"
#include "support/test_inflight.hpp"

#include <atomic>
#include <thread>
#include <vector>

namespace {

using namespace edgespan;
using kafka_detail::InflightSpan;
using kafka_detail::InflightTable;
using test::Table;

EDGESPAN_TEST(threads_that_store_and_take_at_once_find_every_one_of_their_own, "thread") {
  static Table<64> t;
  std::vector<std::thread> threads;
  std::atomic<int> missing{0}, foreign{0};
  for (std::uintptr_t p = 0; p < 4; ++p) {
    threads.emplace_back([&, p] {
      for (std::uintptr_t i = 0; i < 50'000; ++i) {
        const void* key = Table<64>::key(p * 100'000 + i % 32);
        InflightSpan span{{0, p, i + 1, 0, Decision::accept}, 1}, out{};
        if (t.table.insert(key, span) == InflightTable::Insert::full) continue;
        if (!t.table.take(key, out))
          missing.fetch_add(1);
        else if (out.context.span_id != i + 1 || out.context.trace_lo != p)
          foreign.fetch_add(1);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  TEST_ASSERT_EQUAL(0, missing.load());
  TEST_ASSERT_EQUAL(0, foreign.load());
}

}  // namespace
