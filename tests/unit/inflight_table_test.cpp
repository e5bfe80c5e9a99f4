// SPDX-License-Identifier: Apache-2.0
#include "support/test.hpp"
#include "support/test_inflight.hpp"

namespace {

using namespace edgespan;
using kafka_detail::InflightSpan;
using kafka_detail::InflightTable;
using test::Table;

EDGESPAN_TEST(a_message_is_found_once_under_its_address, "inflight") {
  Table<4> t;
  InflightSpan out{};
  TEST_ASSERT_TRUE(t.put(1) == InflightTable::Insert::stored);
  TEST_ASSERT_FALSE(t.table.take(t.key(2), out));
  TEST_ASSERT_TRUE(t.table.take(t.key(1), out));
  TEST_ASSERT_EQUAL_UINT64(1, out.context.span_id);
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

// Empty. Too large for a microcontroller's stack, and for a second one in its memory.
Table<16>& large_table() {
  static Table<16> t;
  t.table.init(t.buckets);
  return t;
}

EDGESPAN_TEST(most_slots_are_usable_before_the_first_refusal, "inflight") {
  auto& t = large_table();
  std::uint32_t stored = 0;
  while (t.put(stored) == InflightTable::Insert::stored) ++stored;
  TEST_ASSERT_TRUE(stored >= 128U * 3 / 5);
}

// As a heap gives them to one who produces.
EDGESPAN_TEST(messages_that_lie_in_a_row_are_refused_only_when_nearly_all_slots_are_taken, "inflight") {
  for (const std::uintptr_t apart : {256U, 512U, 1024U}) {
    auto& t = large_table();
    std::uintptr_t stored = 0;
    InflightSpan span{{0, 1, 1, 0, Decision::accept}, 1};
    const auto next = [&] { return reinterpret_cast<const void*>(t.base + stored * apart); };
    while (t.table.insert(next(), span) == InflightTable::Insert::stored) ++stored;
    TEST_ASSERT_GREATER_OR_EQUAL_UINT64(128U * 4 / 5, stored);
  }
}

EDGESPAN_TEST(only_spans_past_the_deadline_are_swept, "inflight") {
  Table<4> t;
  t.put(1, 5'000'000);
  t.put(2, 8'000'000);
  InflightSpan out{};
  TEST_ASSERT_FALSE(t.table.take_older(14'000'000, 10, out));
  TEST_ASSERT_TRUE(t.table.take_older(15'000'000, 10, out));
  TEST_ASSERT_EQUAL_UINT64(1, out.context.span_id);
  TEST_ASSERT_FALSE(t.table.take_older(15'000'000, 10, out));
  TEST_ASSERT_TRUE(t.table.take_older(15'000'000, 0, out));
  TEST_ASSERT_FALSE(t.table.take_older(15'000'000, 0, out));
}

// The reporter reads its clock, and then looks at the messages, while others send.
EDGESPAN_TEST(what_began_after_the_clock_was_read_is_not_old, "inflight") {
  Table<4> t;
  t.put(1, 18'000'000);
  InflightSpan out{};
  TEST_ASSERT_FALSE(t.table.take_older(17'999'999, 10, out));
  TEST_ASSERT_FALSE(t.table.take_older(15'000'000, 10, out));
  TEST_ASSERT_TRUE(t.table.take(t.key(1), out));
}

}  // namespace
