// SPDX-License-Identifier: Apache-2.0
#include "support/test.hpp"
#include "support/test_ring.hpp"

#include <cstring>

namespace {

using namespace edgespan;
using detail::RingElement;
using test::Ring;

EDGESPAN_TEST(a_ring_gives_back_what_was_put_in_in_order, "ring") {
  Ring<4> r;
  for (std::uint32_t i = 0; i < 20; ++i) TEST_ASSERT_TRUE(r.put(0, i, 40 + i));
  for (std::uint32_t i = 0; i < 20; ++i) {
    std::uint32_t value = 0, size = 0;
    TEST_ASSERT_TRUE(r.take(0, value, &size));
    TEST_ASSERT_EQUAL_UINT32(i, value);
    TEST_ASSERT_EQUAL_UINT32(40 + i, size);
  }
  RingElement element;
  TEST_ASSERT_FALSE(r.peek(0, element));
}

EDGESPAN_TEST(one_thread_may_fill_the_whole_ring, "ring") {
  Ring<4> r;
  std::uint32_t held = 0;
  while (r.put(2, held, 248)) ++held;  // 252 bytes with the header: four a chunk
  TEST_ASSERT_EQUAL_UINT32(16, held);
  std::uint32_t value = 0;
  for (std::uint32_t i = 0; i < 4; ++i) TEST_ASSERT_TRUE(r.take(2, value));
  TEST_ASSERT_FALSE(r.put(3, 1, 248));  // the read chunk is given back when the reader looks on
  TEST_ASSERT_TRUE(r.take(2, value));
  TEST_ASSERT_EQUAL_UINT32(4, value);
  TEST_ASSERT_TRUE(r.put(3, 1, 248));
}

EDGESPAN_TEST(elements_fill_a_chunk_to_its_last_byte, "ring") {
  Ring<2> r;
  TEST_ASSERT_TRUE(r.put(0, 1, ring_chunk_bytes / 2 - 4));
  TEST_ASSERT_TRUE(r.put(0, 2, ring_chunk_bytes / 2 - 4));
  TEST_ASSERT_EQUAL_UINT32(1, r.ring.chunks_used());
  TEST_ASSERT_TRUE(r.put(0, 3, ring_chunk_bytes - 4));
  TEST_ASSERT_FALSE(r.put(0, 4, 4));
  for (std::uint32_t i = 1; i <= 3; ++i) {
    std::uint32_t value = 0;
    TEST_ASSERT_TRUE(r.take(0, value));
    TEST_ASSERT_EQUAL_UINT32(i, value);
  }
}

// So that their searches for a free chunk do not meet.
EDGESPAN_TEST(each_stripe_begins_in_a_part_of_its_own, "ring") {
  Ring<4> r;
  for (std::uint32_t stripe = 0; stripe < detail::stripes; ++stripe) {
    std::byte* const out = r.ring.claim(stripe, 12);
    TEST_ASSERT_NOT_NULL(out);
    TEST_ASSERT_EQUAL_UINT64(stripe * 4 / detail::stripes,
                             static_cast<std::size_t>(out - r.bytes.data()) / ring_chunk_bytes);
    r.ring.commit(out, 12, 0, false);
  }
}

EDGESPAN_TEST(an_idle_stripe_holds_no_chunk, "ring") {
  Ring<2> r;
  for (std::uint32_t lap = 0; lap < 1'000; ++lap) {
    for (std::uint32_t stripe = 0; stripe < detail::stripes; ++stripe) {
      std::uint32_t value = 0;
      TEST_ASSERT_TRUE(r.put(stripe, lap, 12));
      TEST_ASSERT_TRUE(r.take(stripe, value));
      TEST_ASSERT_EQUAL_UINT32(lap, value);
      TEST_ASSERT_FALSE(r.take(stripe, value));
    }
  }
  TEST_ASSERT_EQUAL_UINT32(0, r.ring.chunks_used());
}

// What its producer would do once it goes on.
void finish_claim(Ring<4>& r, std::byte* open, std::uint32_t value) {
  std::memcpy(open, &value, sizeof value);
  r.ring.commit(open, 16, 0, false);
}

EDGESPAN_TEST(a_claim_that_is_being_written_is_waited_for_once, "ring") {
  Ring<4> r;
  std::byte* open = r.ring.claim(0, 16);
  TEST_ASSERT_NOT_NULL(open);
  TEST_ASSERT_TRUE(r.put(0, 2));
  std::uint32_t value = 0;
  TEST_ASSERT_FALSE(r.take(0, value));
  finish_claim(r, open, 1);
  TEST_ASSERT_TRUE(r.take(0, value));
  TEST_ASSERT_EQUAL_UINT32(1, value);
  TEST_ASSERT_TRUE(r.take(0, value));
  TEST_ASSERT_EQUAL_UINT32(2, value);
  TEST_ASSERT_EQUAL_UINT32(0, r.ring.passed_over());
}

EDGESPAN_TEST(a_claim_whose_producer_stops_costs_that_claim_alone, "ring") {
  if (!detail::SpanRing::passes_over) return;
  Ring<4> r;
  std::byte* open = r.ring.claim(0, 16);
  std::uint32_t value = 0;
  std::uint32_t taken = 0;
  TEST_ASSERT_FALSE(r.take(0, value));
  // Many times around the ring; all of it arrives, in order.
  for (std::uint32_t put = 0; put < 400; ++put) {
    TEST_ASSERT_TRUE(r.put(0, put));
    for (; r.take(0, value); ++taken) TEST_ASSERT_EQUAL_UINT32(taken, value);
  }
  TEST_ASSERT_EQUAL_UINT32(400, taken);
  TEST_ASSERT_EQUAL_UINT32(1, r.ring.passed_over());
  TEST_ASSERT_FALSE(r.take_late(value));
  TEST_ASSERT_EQUAL_UINT32(1, r.ring.chunks_used());
  finish_claim(r, open, 77);
  TEST_ASSERT_TRUE(r.take_late(value));
  TEST_ASSERT_EQUAL_UINT32(77, value);
  TEST_ASSERT_FALSE(r.take_late(value));
  TEST_ASSERT_EQUAL_UINT32(0, r.ring.chunks_used());
}

EDGESPAN_TEST(a_producer_that_stops_before_it_writes_a_size_costs_its_chunk, "ring") {
  if (!detail::SpanRing::passes_over) return;
  Ring<4> r;
  TEST_ASSERT_TRUE(r.put(0, 1));
  std::byte* open = r.ring.claim(0, 16);
  std::memset(open - 4, 0, 4);  // it stopped right behind its compare-and-swap
  TEST_ASSERT_TRUE(r.put(0, 3));
  std::uint32_t value = 0;
  TEST_ASSERT_TRUE(r.take(0, value));
  TEST_ASSERT_FALSE(r.take(0, value));
  TEST_ASSERT_FALSE(r.take(0, value));  // left with its chunk
  for (std::uint32_t put = 100; put < 400; ++put) {
    TEST_ASSERT_TRUE(r.put(0, put));
    TEST_ASSERT_TRUE(r.take(0, value));
    TEST_ASSERT_EQUAL_UINT32(put, value);
  }
  TEST_ASSERT_FALSE(r.take(0, value));
  TEST_ASSERT_EQUAL_UINT32(1, r.ring.chunks_used());
  const std::uint32_t size = 16;
  std::memcpy(open - 4, &size,
              sizeof size);  // it goes on: what stood behind it can be read, it itself not yet
  TEST_ASSERT_TRUE(r.take_late(value));
  TEST_ASSERT_EQUAL_UINT32(3, value);
  TEST_ASSERT_FALSE(r.take_late(value));
  finish_claim(r, open, 2);
  TEST_ASSERT_TRUE(r.take_late(value));
  TEST_ASSERT_EQUAL_UINT32(2, value);
  TEST_ASSERT_FALSE(r.take_late(value));
  TEST_ASSERT_EQUAL_UINT32(0, r.ring.chunks_used());
}

EDGESPAN_TEST(claims_that_stop_in_one_chunk_are_told_apart, "ring") {
  if (!detail::SpanRing::passes_over) return;
  Ring<4> r;
  std::byte* open[3];
  for (std::uint32_t i = 0; i < 3; ++i) {
    open[i] = r.ring.claim(0, 16);
    TEST_ASSERT_TRUE(r.put(0, 10 + i));
  }
  std::uint32_t value = 0;
  for (std::uint32_t i = 0; i < 3; ++i) {
    TEST_ASSERT_FALSE(r.take(0, value));
    TEST_ASSERT_TRUE(r.take(0, value));
    TEST_ASSERT_EQUAL_UINT32(10 + i, value);
  }
  TEST_ASSERT_FALSE(r.take(0, value));
  for (const std::uint32_t i : {1U, 0U, 2U}) {  // also while the stripe still fills the chunk
    finish_claim(r, open[i], i);
    TEST_ASSERT_TRUE(r.take_late(value));
    TEST_ASSERT_EQUAL_UINT32(i, value);
    TEST_ASSERT_FALSE(r.take_late(value));
  }
  TEST_ASSERT_EQUAL_UINT32(3, r.ring.passed_over());
  TEST_ASSERT_FALSE(r.take(0, value));
  TEST_ASSERT_EQUAL_UINT32(0, r.ring.chunks_used());
}

EDGESPAN_TEST(a_ring_full_of_stopped_claims_works_again_when_they_go_on, "ring") {
  if (!detail::SpanRing::passes_over) return;
  Ring<4> r;
  std::byte* open[4];
  for (std::uint32_t i = 0; i < 4; ++i) {
    open[i] = r.ring.claim(0, 16);
    TEST_ASSERT_TRUE(r.put(0, i, 984));  // the rest of its chunk
  }
  TEST_ASSERT_FALSE(r.put(0, 9));
  std::uint32_t value = 0;
  for (std::uint32_t i = 0; i < 4; ++i) {
    TEST_ASSERT_FALSE(r.take(0, value));
    TEST_ASSERT_TRUE(r.take(0, value));
    TEST_ASSERT_EQUAL_UINT32(i, value);
  }
  TEST_ASSERT_FALSE(r.take(0, value));
  TEST_ASSERT_FALSE(r.take_late(value));
  TEST_ASSERT_EQUAL_UINT32(4, r.ring.chunks_used());
  TEST_ASSERT_FALSE(r.put(0, 9));
  for (std::uint32_t i = 0; i < 4; ++i) {
    finish_claim(r, open[i], 20 + i);
    TEST_ASSERT_TRUE(r.take_late(value));
    TEST_ASSERT_EQUAL_UINT32(20 + i, value);
  }
  TEST_ASSERT_FALSE(r.take_late(value));
  TEST_ASSERT_FALSE(r.take(0, value));
  TEST_ASSERT_EQUAL_UINT32(0, r.ring.chunks_used());
  TEST_ASSERT_TRUE(r.put(0, 9));
}

// Puts 12 elements in, and takes them out while others come in; `count` is where the ring's counters begin.
void check_marks(std::uint32_t count) {
  Ring<4> r;
  r.ring.count_from(count);
  for (std::uint32_t stripe = 0; stripe < detail::stripes; ++stripe) {
    TEST_ASSERT_EQUAL_UINT32(count, r.ring.marks()[stripe].chunk);
    TEST_ASSERT_EQUAL_UINT32(count, r.ring.popped(stripe));
    TEST_ASSERT_EQUAL_UINT32(count, r.ring.accepted(stripe));
  }
  TEST_ASSERT_TRUE(r.ring.passed(r.ring.marks()));
  for (std::uint32_t i = 0; i < 12; ++i) TEST_ASSERT_TRUE(r.put(0, i, 200));
  const auto marks = r.ring.marks();
  TEST_ASSERT_EQUAL_UINT32(count + 3, marks[0].chunk);
  std::uint32_t value = 0;
  for (std::uint32_t i = 0; i < 12; ++i) {
    TEST_ASSERT_FALSE(r.ring.passed(marks));
    TEST_ASSERT_TRUE(r.take(0, value));
    TEST_ASSERT_TRUE(r.put(0, 50, 100));  // what comes later does not move them
  }
  TEST_ASSERT_TRUE(r.ring.passed(marks));
  while (r.take(0, value)) {
  }
  TEST_ASSERT_TRUE(r.ring.passed(marks));
  TEST_ASSERT_EQUAL_UINT32(count + 24, r.ring.popped(0));
}

EDGESPAN_TEST(marks_are_passed_when_all_before_them_is_taken, "ring") {
  check_marks(0);
  check_marks(UINT32_MAX - 1);
  check_marks(UINT32_MAX - 4);
}

EDGESPAN_TEST(marks_are_passed_when_a_claim_before_them_is_passed_over, "ring") {
  if (!detail::SpanRing::passes_over) return;
  Ring<4> r;
  std::uint32_t value = 0;
  std::byte* open = r.ring.claim(0, 16);
  const auto behind = r.ring.marks();
  TEST_ASSERT_FALSE(r.take(0, value));
  TEST_ASSERT_FALSE(r.ring.passed(behind));
  TEST_ASSERT_FALSE(r.take(0, value));
  TEST_ASSERT_TRUE(r.ring.passed(behind));
  finish_claim(r, open, 1);
  TEST_ASSERT_TRUE(r.take_late(value));
}

EDGESPAN_TEST(the_oldest_chunk_is_read_first_whoever_took_it, "ring") {
  if (detail::stripes < 2) return;
  Ring<8> r;
  const std::uint32_t last = detail::stripes - 1;
  TEST_ASSERT_TRUE(r.put(last, 1, 600));
  TEST_ASSERT_TRUE(r.put(0, 2, 600));
  TEST_ASSERT_TRUE(r.put(0, 4, 600));
  TEST_ASSERT_TRUE(r.put(last, 5, 600));
  TEST_ASSERT_TRUE(r.put(0, 6, 600));
  const std::uint32_t order[] = {1, 2, 4, 5, 6};
  for (const std::uint32_t expected : order) {
    RingElement element;
    std::uint32_t stripe = r.ring.oldest_stripe(0);
    while (r.ring.peek(stripe, element) == detail::SpanRing::Peek::moved) stripe = r.ring.oldest_stripe(0);
    std::uint32_t value = 0;
    std::memcpy(&value, element.bytes.data(), sizeof value);
    TEST_ASSERT_EQUAL_UINT32(expected, value);
    r.ring.pop(stripe);
  }
  TEST_ASSERT_EQUAL_UINT32(0, r.ring.oldest_stripe(1) == 0 ? 1U : 0U);
}

EDGESPAN_TEST(a_stripe_has_all_chunks_while_no_other_has_one, "ring") {
  Ring<4> r;
  RingElement element;
  TEST_ASSERT_TRUE(r.put(0, 1, 600));
  TEST_ASSERT_TRUE(r.put(0, 2, 600));
  TEST_ASSERT_FALSE(r.ring.has_all(0));  // the consumer has not seen them yet
  TEST_ASSERT_EQUAL_UINT32(0, r.ring.oldest_stripe(0));
  TEST_ASSERT_TRUE(r.ring.has_all(0));
  TEST_ASSERT_TRUE(r.peek(0, element));
  r.ring.pop(0);
  TEST_ASSERT_TRUE(r.peek(0, element));  // the first chunk is left
  TEST_ASSERT_TRUE(r.ring.has_all(0));
  if (detail::stripes < 2) return;
  TEST_ASSERT_TRUE(r.put(1, 3, 600));
  TEST_ASSERT_FALSE(r.ring.has_all(0));
}

EDGESPAN_TEST(marks_of_an_element_come_back_with_it, "ring") {
  Ring<2> r;
  TEST_ASSERT_TRUE(r.put(0, 3));
  TEST_ASSERT_TRUE(r.put(0, 4));
  RingElement element;
  TEST_ASSERT_TRUE(r.peek(0, element));
  TEST_ASSERT_EQUAL_UINT32(7, element.timestamp_at);
  TEST_ASSERT_TRUE(element.annotated);
  r.ring.pop(0);
  TEST_ASSERT_TRUE(r.peek(0, element));
  TEST_ASSERT_FALSE(element.annotated);
}

}  // namespace
