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
        if (t.table.insert(key, 1, span) == InflightTable::Insert::full) continue;
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

// The table is full most of the time, so that spans stray, while a sweep takes those of another client.
EDGESPAN_TEST(threads_that_fill_a_table_and_one_that_sweeps_lose_and_double_nothing, "thread") {
  static Table<8> t;
  constexpr std::uint32_t kept = 1, swept = 2;
  constexpr std::size_t batch = 24;
  std::vector<std::thread> threads;
  std::atomic<std::uint64_t> wrong{0}, stored_for_sweep{0}, taken_by_sweep{0}, full{0};
  std::atomic<bool> done{false};
  for (std::uintptr_t p = 0; p < 3; ++p) {
    threads.emplace_back([&, p] {
      for (std::uintptr_t round = 0; round < 3'000; ++round) {
        std::vector<std::uintptr_t> mine;
        for (std::uintptr_t i = 0; i < batch; ++i) {
          const std::uintptr_t number = p * 1'000'000 + round % 50 * batch + i;
          const bool for_sweep = i % 3 == 0;
          // An address that a sweep has to take is not used a second time.
          const std::uintptr_t key = for_sweep ? number + round * 4'000'000 : number;
          InflightSpan span{{p, round, key, 0, Decision::accept}, 1};
          const auto result = t.table.insert(Table<8>::key(key), for_sweep ? swept : kept, span);
          if (result == InflightTable::Insert::full)
            full.fetch_add(1);
          else if (result != InflightTable::Insert::stored)
            wrong.fetch_add(1);
          else if (for_sweep)
            stored_for_sweep.fetch_add(1);
          else
            mine.push_back(key);
        }
        for (std::size_t i = 0; i < mine.size(); ++i) {
          const std::uintptr_t key = mine[round % 2 == 0 ? i : mine.size() - 1 - i];
          InflightSpan out{};
          if (!t.table.take(Table<8>::key(key), out) || out.context.span_id != key ||
              out.context.trace_lo != round || out.context.trace_hi != p)
            wrong.fetch_add(1);
        }
      }
    });
  }
  std::thread sweeper{[&] {
    for (InflightSpan out{}; !done;) {
      while (t.take_of(swept, out)) taken_by_sweep.fetch_add(1);
    }
  }};
  for (std::thread& thread : threads) thread.join();
  done = true;
  sweeper.join();
  for (InflightSpan out{}; t.take_of(swept, out);) taken_by_sweep.fetch_add(1);
  TEST_ASSERT_EQUAL(0, wrong.load());
  TEST_ASSERT_EQUAL(stored_for_sweep.load(), taken_by_sweep.load());
  TEST_ASSERT_NOT_EQUAL(0, full.load());
  for (const InflightBucket& bucket : t.buckets) {
    for (const InflightSlot& slot : bucket.slots) {
      TEST_ASSERT_EQUAL(0, slot.key.load());
      TEST_ASSERT_EQUAL(0, slot.strays.load());
    }
  }
}

}  // namespace
