// SPDX-License-Identifier: Apache-2.0
#include "core/span_ring.hpp"

#include <cstring>

#include "core/assert.hpp"

namespace edgespan::detail {
namespace {

// A chunk's link while no stripe has it; otherwise the number of the next chunk, from 1, or 0.
constexpr std::uint32_t chunk_free = UINT32_MAX;

// How far a search for a free chunk goes back to chunks that were freed just now, and are still in a cache.
constexpr std::uint32_t rewind_max = 64;

}  // namespace

void SpanRing::init(std::span<std::byte> bytes, std::span<RingChunk> chunks) noexcept {
  EDGESPAN_ASSERT(bytes.size() == chunks.size() * ring_chunk_bytes && chunks.size() <= ring_chunks_max);
  bytes_ = bytes.data();
  chunks_ = chunks;
  std::memset(bytes.data(), 0, bytes.size());
  for (RingChunk& chunk : chunks) {
    chunk.link.store(chunk_free, std::memory_order_relaxed);
    chunk.filled.store(0, std::memory_order_relaxed);
  }
  // Each stripe begins in a quarter of its own.
  for (std::uint32_t i = 0; i < stripes; ++i) {
    stripes_[i].cursor.store(no_chunk, std::memory_order_relaxed);
    reading_[i].first.store(none, std::memory_order_relaxed);
    stripes_[i].next.store(i * this->chunks() / stripes, std::memory_order_relaxed);
  }
}

// Mostly the next one is free. A full ring is seen from the counter, so that a span that will be dropped
// costs no search.
std::uint32_t SpanRing::take_chunk(Stripe& stripe) noexcept {
  const std::uint32_t count = chunks();
  std::uint32_t chunk = stripe.next.load(std::memory_order_relaxed);
  for (std::uint32_t looked = 0; looked < count; ++looked, ++chunk) {
    if (looked == 1 && chunks_used() >= count) return none;
    if (chunk >= count) chunk = 0;
    std::uint32_t seen = chunks_[chunk].link.load(std::memory_order_relaxed);
    if (seen != chunk_free || !chunks_[chunk].link.compare_exchange_strong(seen, 0, std::memory_order_acquire,
                                                                           std::memory_order_relaxed)) {
      continue;
    }
    used_.fetch_add(1, std::memory_order_relaxed);
    stripe.next.store(chunk + 1, std::memory_order_relaxed);
    return chunk;
  }
  return none;
}

// Gives a chunk back whose written part is zero again. Its stripe goes on there if that is close behind.
void SpanRing::free_chunk(std::uint32_t index, std::uint32_t chunk) noexcept {
  used_.fetch_sub(1, std::memory_order_relaxed);
  chunks_[chunk].link.store(chunk_free, std::memory_order_release);
  std::atomic<std::uint32_t>& next = stripe_at(index).next;
  const std::uint32_t ahead = next.load(std::memory_order_relaxed) - chunk;
  if (ahead != 0 && ahead <= rewind_max) next.store(chunk, std::memory_order_relaxed);
}

std::byte* SpanRing::claim_on(std::uint32_t index, std::uint32_t words) noexcept {
  Stripe& stripe = stripe_at(index);
  std::uint32_t seen = stripe.cursor.load(std::memory_order_acquire);
  std::uint32_t spare = none;  // taken for a switch that another thread won
  for (;;) {
    const std::uint32_t chunk = chunk_of(seen);
    const std::uint32_t at = words_of(seen);
    if (at + words <= chunk_words) {
      if (!stripe.cursor.compare_exchange_weak(seen, seen + words, std::memory_order_acq_rel,
                                               std::memory_order_acquire)) {
        continue;
      }
      if (spare != none) {
        used_.fetch_sub(1, std::memory_order_relaxed);
        chunks_[spare].link.store(chunk_free, std::memory_order_release);
      }
      return reinterpret_cast<std::byte*>(word(chunk, at + 1));
    }
    if (spare == none) spare = take_chunk(stripe);
    if (spare == none) return nullptr;
    if (!stripe.cursor.compare_exchange_weak(seen, cursor(spare, words), std::memory_order_acq_rel,
                                             std::memory_order_acquire)) {
      continue;
    }
    if (chunk == none) {
      read_side(index).first.store(spare, std::memory_order_release);
    } else {
      chunks_[chunk].filled.store(at, std::memory_order_relaxed);
      chunks_[chunk].link.store(spare + 1, std::memory_order_release);
    }
    return reinterpret_cast<std::byte*>(word(spare, 1));
  }
}

// Takes the chunk away from an idle stripe whose records are all read, so that others may use it. `first`
// goes before the cursor: whoever opens the stripe anew writes `first` after it.
bool SpanRing::retire(std::uint32_t index, std::uint32_t chunk) noexcept {
  ReadSide& side = read_side(index);
  std::uint32_t expected = cursor(chunk, side.words);
  side.first.store(none, std::memory_order_relaxed);
  if (!stripe_at(index).cursor.compare_exchange_strong(expected, no_chunk, std::memory_order_acq_rel,
                                                       std::memory_order_relaxed)) {
    side.first.store(chunk, std::memory_order_relaxed);
    return false;
  }
  std::memset(word(chunk, 0), 0, side.words * 4U);
  side.words = 0;
  free_chunk(index, chunk);
  return true;
}

// The end of what is read so far, of a chunk or of a stripe. A chunk is zeroed before it is freed: the next
// reader must not take old bytes for a header.
bool SpanRing::peek_on(std::uint32_t index, RingElement& out) noexcept {
  ReadSide& side = read_side(index);
  for (;;) {
    const std::uint32_t chunk = side.first.load(std::memory_order_acquire);
    if (chunk == none) return false;
    const std::uint32_t link = chunks_[chunk].link.load(std::memory_order_acquire);
    if (link != 0 && side.words == chunks_[chunk].filled.load(std::memory_order_relaxed)) {
      std::memset(word(chunk, 0), 0, side.words * 4U);
      side.words = 0;
      side.first.store(link - 1, std::memory_order_relaxed);
      free_chunk(index, chunk);
      continue;
    }
    if (stripe_at(index).cursor.load(std::memory_order_acquire) == cursor(chunk, side.words)) {
      if (retire(index, chunk)) return false;
      continue;
    }
    return show(chunk, side.words, out);
  }
}

}  // namespace edgespan::detail
