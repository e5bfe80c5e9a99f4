// SPDX-License-Identifier: Apache-2.0
#include "core/ring.hpp"
#include "support/test.hpp"

#include <array>
#include <atomic>
#include <cstring>
#include <memory>
#include <thread>
#include <vector>

namespace {

using namespace edgespan;
using core::RingRecord;
using core::SpanRing;

template <std::size_t Chunks>
struct Ring {
  alignas(8) std::array<std::byte, Chunks * ring_chunk_bytes> bytes;
  std::array<RingChunk, Chunks> chunks;
  SpanRing ring;
  Ring() {
    bytes.fill(std::byte{0xA5});  // a ring may get dirty memory
    ring.init(bytes, chunks);
  }
  bool put(std::uint32_t stripe, std::uint32_t value, std::uint32_t size = 100) {
    std::byte* out = ring.claim(stripe, size);
    if (out == nullptr) return false;
    std::memset(out, 0xFF, size);
    std::memcpy(out, &value, sizeof value);
    ring.commit(out, size, 7, value % 2 == 1);
    return true;
  }
  bool take(std::uint32_t stripe, std::uint32_t& value, std::uint32_t* size = nullptr) {
    RingRecord record;
    if (!ring.peek(stripe, record)) return false;
    std::memcpy(&value, record.bytes.data(), sizeof value);
    if (size != nullptr) *size = static_cast<std::uint32_t>(record.bytes.size());
    ring.pop(stripe);
    return true;
  }
};

EDGESPAN_TEST(a_ring_gives_back_what_was_put_in_in_order, "ring") {
  Ring<4> r;
  for (std::uint32_t i = 0; i < 20; ++i) TEST_ASSERT_TRUE(r.put(0, i, 40 + i));
  for (std::uint32_t i = 0; i < 20; ++i) {
    std::uint32_t value = 0, size = 0;
    TEST_ASSERT_TRUE(r.take(0, value, &size));
    TEST_ASSERT_EQUAL_UINT32(i, value);
    TEST_ASSERT_EQUAL_UINT32(40 + i, size);
  }
  RingRecord record;
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
    for (std::uint32_t stripe = 0; stripe < core::stripes; ++stripe) {
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
  RingRecord record;
  TEST_ASSERT_TRUE(r.ring.peek(0, record));
  TEST_ASSERT_EQUAL_UINT32(7, record.timestamp_at);
  TEST_ASSERT_TRUE(record.annotated);
  r.ring.pop(0);
  TEST_ASSERT_TRUE(r.ring.peek(0, record));
  TEST_ASSERT_FALSE(record.annotated);
}

// Producers count what they put in and what was refused; the reader sees each producer's values in order, and the sums
// agree to the last one.
TEST_CASE("many producers and one reader lose nothing that is not counted", "[ring][thread]") {
  constexpr std::uint32_t producers = 6, each = 20'000;
  auto r = std::make_unique<Ring<8>>();
  std::atomic<std::uint32_t> refused{0}, running{producers};
  std::vector<std::thread> threads;
  for (std::uint32_t p = 0; p < producers; ++p) {
    threads.emplace_back([&, p] {
      for (std::uint32_t i = 0; i < each; ++i) {
        if (!r->put(p % core::stripes, p << 24 | i, 8 + (i * 7 + p) % 500)) refused.fetch_add(1);
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
    for (std::uint32_t stripe = 0; stripe < core::stripes; ++stripe) {
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
  REQUIRE(in_order);
  REQUIRE(taken + refused.load() == producers * each);
  REQUIRE(taken > producers);
  REQUIRE(r->ring.chunks_used() == 0);
}

}  // namespace
