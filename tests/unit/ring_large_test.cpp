// SPDX-License-Identifier: Apache-2.0
// A ring for hours without an uplink: more chunks than a word has bits, used in turn, all of them.
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#include "core/span_ring.hpp"
#include "support/test.hpp"

namespace {

using namespace edgespan;

constexpr std::size_t chunks = 4'500;  // 4.4 MiB: fifty spans a second for ten minutes
constexpr std::uint32_t record_bytes = 136;
constexpr std::uint32_t records_a_chunk = ring_chunk_bytes / (record_bytes + 4);

struct LargeRing {
  std::vector<std::uint64_t> bytes = std::vector<std::uint64_t>(chunks * ring_chunk_bytes / 8);
  std::vector<RingChunk> links = std::vector<RingChunk>(chunks);
  detail::SpanRing ring;
  LargeRing() { ring.init(std::as_writable_bytes(std::span{bytes}), links); }

  bool put(std::uint32_t value) {
    std::byte* const out = ring.claim(0, record_bytes);
    if (out == nullptr) return false;
    std::memcpy(out, &value, sizeof value);
    ring.commit(out, record_bytes, 0, false);
    return true;
  }
  bool take(std::uint32_t expected) {
    detail::RingElement record;
    std::uint32_t value = 0;
    detail::SpanRing::Peek found;
    while ((found = ring.peek(0, record)) == detail::SpanRing::Peek::moved) {
    }
    if (found == detail::SpanRing::Peek::nothing) return false;
    std::memcpy(&value, record.bytes.data(), sizeof value);
    ring.pop(0);
    return value == expected;
  }
};

EDGESPAN_TEST(a_large_ring_uses_all_its_chunks_again_and_again, "ring") {
  LargeRing r;
  std::uint32_t put = 0;
  std::uint32_t taken = 0;
  std::uint32_t wrong = 0;
  for (int lap = 0; lap < 3; ++lap) {
    while (r.put(put)) ++put;
    TEST_ASSERT_EQUAL_UINT32(chunks, r.ring.chunks_used());
    // The chunk that is being read is taken up to its end.
    TEST_ASSERT_LESS_OR_EQUAL_UINT32(chunks * records_a_chunk, put - taken);
    TEST_ASSERT_LESS_OR_EQUAL_UINT32(put - taken, (chunks - 1) * records_a_chunk);
    // A stretch in the middle: the next lap begins where this one left off, not at chunk 0.
    while (put - taken > 1'000) wrong += r.take(taken++) ? 0 : 1;
  }
  while (taken < put) wrong += r.take(taken++) ? 0 : 1;
  TEST_ASSERT_EQUAL_UINT32(0, wrong);
  TEST_ASSERT_FALSE(r.take(taken));
  TEST_ASSERT_EQUAL_UINT32(0, r.ring.chunks_used());
}

// It may still be in a cache, for as long as 64 others were not filled since.
EDGESPAN_TEST(a_stripe_goes_back_to_a_chunk_that_was_freed_close_behind_it, "ring") {
  for (const std::uint32_t filled : {1U, 64U, 65U}) {
    LargeRing r;
    for (std::uint32_t i = 0; i < filled * records_a_chunk; ++i) TEST_ASSERT_TRUE(r.put(i));
    for (std::uint32_t i = 0; i < records_a_chunk; ++i) TEST_ASSERT_TRUE(r.take(i));
    detail::RingElement next;
    (void)r.ring.peek(0, next);  // gives the first chunk back
    TEST_ASSERT_EQUAL_UINT32(filled - 1, r.ring.chunks_used());
    std::byte* const out = r.ring.claim(0, record_bytes);
    TEST_ASSERT_TRUE(r.ring.opens_chunk(out));
    const auto chunk =
        static_cast<std::size_t>(out - reinterpret_cast<std::byte*>(r.bytes.data())) / ring_chunk_bytes;
    TEST_ASSERT_EQUAL_UINT64(filled <= 64 ? 0 : filled, chunk);
    r.ring.commit(out, record_bytes, 0, false);
  }
}

// The distance counts, wherever in the ring the stripe is.
EDGESPAN_TEST(a_stripe_goes_back_by_64_chunks_at_most_from_anywhere, "ring") {
  constexpr std::uint32_t filled = 200;
  for (const std::uint32_t left : {filled - 64, filled - 63}) {
    LargeRing r;
    for (std::uint32_t i = 0; i < filled * records_a_chunk; ++i) TEST_ASSERT_TRUE(r.put(i));
    for (std::uint32_t i = 0; i < left * records_a_chunk; ++i) TEST_ASSERT_TRUE(r.take(i));
    detail::RingElement next;
    (void)r.ring.peek(0, next);  // gives the last one back
    TEST_ASSERT_EQUAL_UINT32(filled - left, r.ring.chunks_used());
    std::byte* const out = r.ring.claim(0, record_bytes);
    const auto chunk =
        static_cast<std::size_t>(out - reinterpret_cast<std::byte*>(r.bytes.data())) / ring_chunk_bytes;
    TEST_ASSERT_EQUAL_UINT64(left == filled - 63 ? filled - 64 : filled, chunk);
    r.ring.commit(out, record_bytes, 0, false);
  }
}

}  // namespace
