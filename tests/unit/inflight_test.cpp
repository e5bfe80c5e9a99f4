// SPDX-License-Identifier: Apache-2.0
#include "core/inflight.hpp"
#include "support/test.hpp"

#include <array>
#include <thread>
#include <vector>

namespace {

using namespace edgespan;
using core::InflightTable;

template <std::size_t Buckets>
struct Table {
  std::array<InflightBucket, Buckets> buckets;
  InflightTable table;
  InflightSpan old{};
  Table() { table.init(buckets); }
  static const void* key(std::uintptr_t i) { return reinterpret_cast<const void*>(0x7f0000001000 + i * 176); }
  InflightTable::Insert put(std::uintptr_t i, std::uint64_t start_us = 5'000'000) {
    return table.insert(key(i), {0, i, i, 0, start_us, Decision::accept}, old);
  }
};

EDGESPAN_TEST(a_message_is_found_once_under_its_address, "inflight") {
  Table<4> t;
  InflightSpan out{};
  TEST_ASSERT_TRUE(t.put(1) == InflightTable::Insert::stored);
  TEST_ASSERT_FALSE(t.table.take(t.key(2), out));
  TEST_ASSERT_TRUE(t.table.take(t.key(1), out));
  TEST_ASSERT_EQUAL_UINT64(1, out.span_id);
  TEST_ASSERT_FALSE(t.table.take(t.key(1), out));
}

EDGESPAN_TEST(an_address_that_is_used_again_gives_up_its_old_span, "inflight") {
  Table<4> t;
  t.put(1, 7);
  TEST_ASSERT_TRUE(t.put(1, 9) == InflightTable::Insert::replaced);
  TEST_ASSERT_EQUAL_UINT64(7, t.old.start_us);
  InflightSpan out{};
  TEST_ASSERT_TRUE(t.table.take(t.key(1), out));
  TEST_ASSERT_EQUAL_UINT64(9, out.start_us);
}

EDGESPAN_TEST(a_full_table_says_so_and_keeps_what_it_has, "inflight") {
  Table<2> t;
  std::uint32_t stored = 0;
  for (std::uintptr_t i = 0; i < 64; ++i) stored += t.put(i) == InflightTable::Insert::stored ? 1U : 0U;
  TEST_ASSERT_EQUAL_UINT32(16, stored);
  std::uint32_t found = 0;
  InflightSpan out{};
  for (std::uintptr_t i = 0; i < 64; ++i) found += t.table.take(t.key(i), out) ? 1U : 0U;
  TEST_ASSERT_EQUAL_UINT32(16, found);
}

EDGESPAN_TEST(most_slots_are_usable_before_the_first_refusal, "inflight") {
  Table<32> t;
  std::uint32_t stored = 0;
  while (t.put(stored) == InflightTable::Insert::stored) ++stored;
  TEST_ASSERT_TRUE(stored >= 256U * 3 / 5);
}

EDGESPAN_TEST(only_spans_past_the_deadline_are_swept, "inflight") {
  Table<4> t;
  t.put(1, 5'000'000);
  t.put(2, 8'000'000);
  InflightSpan out{};
  TEST_ASSERT_FALSE(t.table.take_older(14'000'000, 10, out));
  TEST_ASSERT_TRUE(t.table.take_older(15'000'000, 10, out));
  TEST_ASSERT_EQUAL_UINT64(1, out.span_id);
  TEST_ASSERT_FALSE(t.table.take_older(15'000'000, 10, out));
  TEST_ASSERT_TRUE(t.table.take_older(15'000'000, 0, out));
  TEST_ASSERT_FALSE(t.table.take_older(15'000'000, 0, out));
}

TEST_CASE("threads that store and take at once find every one of their own", "[inflight][thread]") {
  static Table<64> t;
  std::vector<std::thread> threads;
  std::atomic<int> missing{0}, foreign{0};
  for (std::uintptr_t p = 0; p < 4; ++p) {
    threads.emplace_back([&, p] {
      for (std::uintptr_t i = 0; i < 50'000; ++i) {
        const void* key = Table<64>::key(p * 100'000 + i % 32);
        InflightSpan old{}, out{};
        if (t.table.insert(key, {0, p, i + 1, 0, 1, Decision::accept}, old) == InflightTable::Insert::full) continue;
        if (!t.table.take(key, out)) missing.fetch_add(1);
        else if (out.span_id != i + 1 || out.trace_lo != p) foreign.fetch_add(1);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  REQUIRE(missing.load() == 0);
  REQUIRE(foreign.load() == 0);
}

}  // namespace
