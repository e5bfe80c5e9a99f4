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
  RingElement record;
  TEST_ASSERT_FALSE(r.ring.peek(0, record));
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

EDGESPAN_TEST(an_open_claim_holds_back_what_is_behind_it, "ring") {
  Ring<2> r;
  std::byte* open = r.ring.claim(0, 16);
  TEST_ASSERT_NOT_NULL(open);
  TEST_ASSERT_TRUE(r.put(0, 2));
  std::uint32_t value = 0;
  TEST_ASSERT_FALSE(r.take(0, value));
  const std::uint32_t first = 1;
  std::memcpy(open, &first, sizeof first);
  r.ring.commit(open, 16, 0, false);
  TEST_ASSERT_TRUE(r.take(0, value));
  TEST_ASSERT_EQUAL_UINT32(1, value);
  TEST_ASSERT_TRUE(r.take(0, value));
  TEST_ASSERT_EQUAL_UINT32(2, value);
}

EDGESPAN_TEST(marks_of_a_record_come_back_with_it, "ring") {
  Ring<2> r;
  TEST_ASSERT_TRUE(r.put(0, 3));
  TEST_ASSERT_TRUE(r.put(0, 4));
  RingElement record;
  TEST_ASSERT_TRUE(r.ring.peek(0, record));
  TEST_ASSERT_EQUAL_UINT32(7, record.timestamp_at);
  TEST_ASSERT_TRUE(record.annotated);
  r.ring.pop(0);
  TEST_ASSERT_TRUE(r.ring.peek(0, record));
  TEST_ASSERT_FALSE(record.annotated);
}

}  // namespace
