// SPDX-License-Identifier: Apache-2.0
#include "support/test.hpp"
#include "support/test_inflight.hpp"

#include <array>

namespace {

using namespace edgespan;
using kafka_detail::InflightSpan;
using kafka_detail::InflightTable;
using test::Table;

EDGESPAN_TEST(a_message_is_found_once_under_its_address, "inflight") {
  Table<4> t;
  InflightSpan out{};
  TEST_ASSERT_FALSE(t.table.may_hold(t.key(1)));
  TEST_ASSERT_TRUE(t.put(1) == InflightTable::Insert::stored);
  TEST_ASSERT_TRUE(t.table.may_hold(t.key(1)));
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
    while (t.table.insert(next(), 1, span) == InflightTable::Insert::stored) ++stored;
    TEST_ASSERT_GREATER_OR_EQUAL_UINT64(128U * 4 / 5, stored);
  }
}

// The number of the only slot that is taken.
std::size_t taken_slot(std::span<const InflightBucket> buckets) {
  std::size_t number = 0;
  while (buckets[number / inflight_bucket_size].slots[number % inflight_bucket_size].key.load() == 0)
    ++number;
  return number;
}

// One slot for 64 bytes of memory, so that the slots of the next messages are known.
EDGESPAN_TEST(addresses_in_a_row_have_slots_in_a_row, "inflight") {
  auto& t = large_table();
  constexpr std::uintptr_t slots = 16 * inflight_bucket_size;
  const auto number_of = [&t](std::uintptr_t i) {
    const auto* const key = reinterpret_cast<const void*>(0x12000 * slots + i * 64);
    InflightSpan span{{0, 1, 1, 0, Decision::accept}, 1};
    TEST_ASSERT_TRUE(t.table.insert(key, 1, span) == InflightTable::Insert::stored);
    const std::size_t number = taken_slot(t.buckets);
    TEST_ASSERT_TRUE(t.table.take(key, span));
    return number;
  };
  const std::uintptr_t first = number_of(0);
  for (std::uintptr_t i = 1; i < slots; ++i) TEST_ASSERT_EQUAL_UINT64((first + i) % slots, number_of(i));
  TEST_ASSERT_NOT_EQUAL(first, number_of(slots));  // every round begins elsewhere
}

// Where message `i` stands in a table that is empty otherwise.
InflightSlot& own_slot(Table<4>& t, std::uintptr_t i) {
  static Table<4> empty;
  empty.table.init(empty.buckets);
  empty.put(i);
  const std::size_t number = taken_slot(empty.buckets);
  return t.buckets[number / inflight_bucket_size].slots[number % inflight_bucket_size];
}

// What a table must look like when nothing is in flight.
template <typename T>
void check_empty(const T& t) {
  for (const InflightBucket& bucket : t.buckets) {
    for (const InflightSlot& slot : bucket.slots) {
      TEST_ASSERT_EQUAL_UINT64(0, slot.key.load());
      TEST_ASSERT_EQUAL_UINT32(0, slot.strays.load());
    }
  }
}

// Most spans stand in another slot than their own then, many in another bucket.
EDGESPAN_TEST(a_full_table_gives_every_span_back_in_any_order, "inflight") {
  auto& t = large_table();
  std::array<std::uintptr_t, 128> stored{};
  for (std::uintptr_t round = 0; round < 24; ++round) {
    std::size_t count = 0;
    for (std::uintptr_t i = 0; i < 1'000 && count < stored.size(); ++i) {
      const std::uintptr_t key = round * 1'009 + i * (1 + round % 7);
      if (t.put(key, 5'000'000 + key) == InflightTable::Insert::stored) stored[count++] = key;
    }
    TEST_ASSERT_EQUAL_UINT64(stored.size(), count);
    // Steps that have no divisor in common with 128 meet each number once.
    constexpr std::array<std::size_t, 4> steps{1, 127, 37, 91};
    for (std::size_t i = 0; i < count; ++i) {
      const std::uintptr_t key = stored[i * steps[round % steps.size()] % count];
      InflightSpan out{};
      TEST_ASSERT_TRUE(t.table.may_hold(t.key(key)));
      TEST_ASSERT_TRUE(t.table.take(t.key(key), out));
      TEST_ASSERT_EQUAL_UINT64(key, out.context.span_id);
      TEST_ASSERT_EQUAL_UINT64(5'000'000 + key, out.start_us);
      TEST_ASSERT_FALSE(t.table.take(t.key(key), out));
    }
    check_empty(t);
  }
}

EDGESPAN_TEST(a_sweep_gives_back_what_strayed, "inflight") {
  auto& t = large_table();
  for (int round = 0; round < 3; ++round) {
    std::uint32_t stored = 0;
    for (std::uintptr_t i = 0; i < 1'000; ++i)
      stored += t.put(i * 3) == InflightTable::Insert::stored ? 1U : 0U;
    InflightSpan out{};
    std::uint32_t swept = 0;
    while (t.take_from(5, out)) ++swept;
    TEST_ASSERT_EQUAL_UINT32(stored, swept);
    check_empty(t);
  }
}

// Keys of one slot fill its bucket and then their second buckets.
EDGESPAN_TEST(one_slot_counts_as_many_strays_as_there_is_room_for, "inflight") {
  Table<4> t;
  InflightSpan out{};
  std::array<std::uintptr_t, 24> keys{};
  std::size_t found = 0;
  for (std::uintptr_t i = 0; found < keys.size(); ++i) {
    t.put(i);
    if (t.buckets[1].slots[3].key.load() != 0) keys[found++] = i;
    TEST_ASSERT_TRUE(t.table.take(t.key(i), out));
  }
  std::size_t stored = 0;
  for (const std::uintptr_t key : keys) {
    if (t.put(key) == InflightTable::Insert::stored) keys[stored++] = key;  // else its second bucket is full
  }
  TEST_ASSERT_GREATER_OR_EQUAL_UINT64(inflight_bucket_size + 4, stored);
  TEST_ASSERT_EQUAL_UINT32(stored - 1, t.buckets[1].slots[3].strays.load());
  for (std::size_t i = stored; i-- != 0;) {
    TEST_ASSERT_TRUE(t.table.take(t.key(keys[i]), out));
    TEST_ASSERT_EQUAL_UINT64(keys[i], out.context.span_id);
  }
  check_empty(t);
}

// Three messages whose own slot is the same one.
std::array<std::uintptr_t, 3> rivals(Table<4>& t) {
  std::array<std::uintptr_t, 3> keys{1};
  std::uintptr_t next = keys[0];
  for (std::size_t i = 1; i < keys.size(); ++i) {
    while (&own_slot(t, ++next) != &own_slot(t, keys[0])) {
    }
    keys[i] = next;
  }
  return keys;
}

// The span that strayed is not forgotten because its own slot is free by now.
EDGESPAN_TEST(an_address_whose_span_strayed_gives_it_up_when_it_is_used_again, "inflight") {
  Table<4> t;
  const auto [first, second, third] = rivals(t);
  InflightSpan out{};
  t.put(first);
  t.put(second, 7);
  TEST_ASSERT_TRUE(t.table.take(t.key(first), out));
  TEST_ASSERT_TRUE(t.put(second, 9) == InflightTable::Insert::replaced);
  TEST_ASSERT_EQUAL_UINT64(7, t.old.start_us);
  TEST_ASSERT_EQUAL_UINT32(1, own_slot(t, second).strays.load());
  // A further one takes the slot that is free, its own.
  TEST_ASSERT_TRUE(t.put(third) == InflightTable::Insert::stored);
  TEST_ASSERT_EQUAL_UINT64(reinterpret_cast<std::uintptr_t>(t.key(third)), own_slot(t, third).key.load());
  TEST_ASSERT_EQUAL_UINT32(1, own_slot(t, third).strays.load());
  TEST_ASSERT_TRUE(t.table.take(t.key(second), out));
  TEST_ASSERT_EQUAL_UINT64(9, out.start_us);
  TEST_ASSERT_TRUE(t.table.take(t.key(third), out));
  check_empty(t);
}

EDGESPAN_TEST(a_sweep_takes_what_it_was_asked_for, "inflight") {
  Table<4> t;
  constexpr std::uint32_t first = 7, second = 8;
  // Every bit of a start comes back, whatever the sweep's units.
  InflightSpan whole{};
  t.put(9, 0x8123'4567'89AB'CDEF);
  TEST_ASSERT_TRUE(t.table.take(t.key(9), whole));
  TEST_ASSERT_EQUAL_UINT64(0x8123'4567'89AB'CDEF, whole.start_us);
  t.put(1, 5'999'999, first);
  t.put(2, 8'100'000, second);
  t.put(3, 8'100'000, first);
  InflightSpan out{};
  TEST_ASSERT_FALSE(t.take_from(4, out));
  TEST_ASSERT_TRUE(t.take_from(5, out));
  TEST_ASSERT_EQUAL_UINT64(1, out.context.span_id);
  TEST_ASSERT_EQUAL_UINT64(5'999'999, out.start_us);
  TEST_ASSERT_FALSE(t.take_from(7, out));
  TEST_ASSERT_TRUE(t.take_of(first, out));
  TEST_ASSERT_EQUAL_UINT64(3, out.context.span_id);
  TEST_ASSERT_FALSE(t.take_of(first, out));
  TEST_ASSERT_TRUE(t.take_from(8, out));
  TEST_ASSERT_FALSE(t.take_from(8, out));
}

// As if a thread had stopped while it copied the span.
EDGESPAN_TEST(a_slot_that_stays_busy_keeps_nobody, "inflight") {
  Table<4> t;
  t.put(1);
  InflightSlot& slot = own_slot(t, 1);
  const std::uintptr_t key = slot.key.load();
  slot.key.store(InflightTable::busy);
  InflightSpan out{};
  TEST_ASSERT_FALSE(t.table.may_hold(t.key(1)));
  TEST_ASSERT_FALSE(t.table.take(t.key(1), out));
  TEST_ASSERT_FALSE(t.take_from(5, out));
  slot.key.store(key);
  TEST_ASSERT_TRUE(t.table.take(t.key(1), out));
  check_empty(t);
}

// So many threads may count at once that half of the counter's range is left to them.
EDGESPAN_TEST(a_slot_counts_no_more_strays_than_half_its_counter_holds, "inflight") {
  Table<4> t;
  InflightSlot& slot = own_slot(t, 1);
  slot.key.store(2);  // another message's
  slot.strays.store(0x7FFE);
  TEST_ASSERT_TRUE(t.put(1) == InflightTable::Insert::stored);
  InflightSpan out{};
  TEST_ASSERT_TRUE(t.table.take(t.key(1), out));
  slot.strays.store(0x7FFF);
  TEST_ASSERT_TRUE(t.put(1) == InflightTable::Insert::full);
  TEST_ASSERT_EQUAL_UINT32(0x7FFF, slot.strays.load());
}

// A sweep that asks about the span of message 1: at its first or at its second question another thread does
// something with that message. `answer`: what it is told then.
struct Asked {
  enum class Meanwhile : std::uint8_t { nothing, report, send };
  Meanwhile meanwhile;
  int at;
  bool answer;
  Table<4> table{};
  int asked = 0;
  InflightSpan reported{};
  InflightTable::Insert sent{};
  InflightSpan swept{};

  static bool ask(const void* rule, std::uint32_t, std::uint32_t) {
    Asked& a = *static_cast<Asked*>(const_cast<void*>(rule));
    if (++a.asked != a.at) return true;
    TEST_ASSERT_TRUE(a.table.table.may_hold(Table<4>::key(1)));
    if (a.meanwhile == Meanwhile::report) {
      TEST_ASSERT_TRUE(a.table.table.take(Table<4>::key(1), a.reported));
    }
    if (a.meanwhile == Meanwhile::send) a.sent = a.table.put(1, 9'000'000);
    return a.answer;
  }
  bool sweep() { return InflightTable::Sweep{table.table, ask, this}.next(swept); }
  std::uint64_t start_of_rest() {
    InflightSpan out{};
    return table.table.take(Table<4>::key(1), out) ? out.start_us : 0;
  }
};

EDGESPAN_TEST(a_sweep_takes_a_span_if_both_answers_agree, "inflight") {
  for (const int at : {1, 2}) {
    Asked a{Asked::Meanwhile::nothing, at, false};
    a.table.put(1);
    TEST_ASSERT_FALSE(a.sweep());
    TEST_ASSERT_EQUAL_INT(at, a.asked);
    TEST_ASSERT_EQUAL_UINT64(5'000'000, a.start_of_rest());
    check_empty(a.table);
  }
}

// What the sweep is told about a message counts only if it is still that message.
EDGESPAN_TEST(a_delivery_report_finds_its_span_while_a_sweep_asks_about_it, "inflight") {
  for (const bool answer : {false, true}) {
    for (const int at : {1, 2}) {
      Asked a{Asked::Meanwhile::report, at, answer};
      a.table.put(1);
      TEST_ASSERT_FALSE(a.sweep());
      TEST_ASSERT_EQUAL_UINT64(5'000'000, a.reported.start_us);
      TEST_ASSERT_EQUAL_UINT64(0, a.start_of_rest());
      check_empty(a.table);
    }
  }
}

EDGESPAN_TEST(an_address_that_is_used_again_while_a_sweep_asks_about_it_holds_the_new_span, "inflight") {
  for (const bool answer : {false, true}) {
    Asked a{Asked::Meanwhile::send, 2, answer};
    a.table.put(1);
    TEST_ASSERT_FALSE(a.sweep());
    TEST_ASSERT_TRUE(a.sent == InflightTable::Insert::replaced);
    TEST_ASSERT_EQUAL_UINT64(5'000'000, a.table.old.start_us);
    TEST_ASSERT_EQUAL_UINT64(9'000'000, a.start_of_rest());
    TEST_ASSERT_EQUAL_UINT64(0, a.start_of_rest());
    check_empty(a.table);
  }
}

// The same where the span does not stand in its own slot: behind the spans of its bucket.
EDGESPAN_TEST(a_span_that_strayed_is_found_while_a_sweep_asks_about_it, "inflight") {
  Asked a{Asked::Meanwhile::report, 2, true};
  const auto bytes_before = static_cast<std::size_t>(reinterpret_cast<std::byte*>(&own_slot(a.table, 1)) -
                                                     reinterpret_cast<std::byte*>(a.table.buckets.data()));
  InflightBucket& bucket = a.table.buckets[bytes_before / sizeof(InflightBucket)];
  for (InflightSlot& slot : bucket.slots) slot.key.store(InflightTable::busy);
  a.table.put(1);
  TEST_ASSERT_EQUAL_UINT32(1, own_slot(a.table, 1).strays.load());
  TEST_ASSERT_FALSE(a.sweep());
  TEST_ASSERT_EQUAL_INT(2, a.asked);
  TEST_ASSERT_EQUAL_UINT64(5'000'000, a.reported.start_us);
  for (InflightSlot& slot : bucket.slots) slot.key.store(0);
  check_empty(a.table);
}

}  // namespace
