// SPDX-License-Identifier: Apache-2.0
#include "core/ring.hpp"

#include <cstring>

#include "core/assert.hpp"

namespace edgespan::core {
namespace {

constexpr std::uint32_t chunk_words = ring_chunk_bytes / 4;

// A chunk's link while no stripe has it; otherwise the number of the next chunk, from 1, or 0.
constexpr std::uint32_t chunk_free = UINT32_MAX;

// The word in front of a record. 0: claimed, not committed, or nothing there yet.
constexpr std::uint32_t committed = 1U << 31;
constexpr std::uint32_t has_annotations = 1U << 30;
constexpr std::uint32_t pack(std::uint32_t size, std::uint32_t timestamp_at, bool annotated) noexcept {
  return committed | (annotated ? has_annotations : 0) | timestamp_at << 12 | size;
}
constexpr std::uint32_t size_of(std::uint32_t header) noexcept { return header & 0xFFF; }
constexpr std::uint32_t timestamp_of(std::uint32_t header) noexcept { return header >> 12 & 0xFFF; }
constexpr std::uint32_t words_for(std::uint32_t size) noexcept { return 1 + (size + 3) / 4; }

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
  for (Stripe& stripe : stripes_) {
    stripe.cursor.store(cursor(none, 0), std::memory_order_relaxed);
    stripe.first.store(none, std::memory_order_relaxed);
  }
}

std::uint32_t* SpanRing::word(std::uint32_t chunk, std::uint32_t words) noexcept {
  return reinterpret_cast<std::uint32_t*>(bytes_ + chunk * ring_chunk_bytes + words * 4U);
}

// A full ring is seen from the counter, so that a span that will be dropped costs no search.
std::uint32_t SpanRing::take_chunk() noexcept {
  const std::uint32_t count = chunks();
  std::uint32_t chunk = next_.load(std::memory_order_relaxed);
  for (std::uint32_t looked = 0; looked < count && chunks_used() < count; ++looked, ++chunk) {
    if (chunk >= count) chunk = 0;
    std::uint32_t seen = chunks_[chunk].link.load(std::memory_order_relaxed);
    if (seen != chunk_free || !chunks_[chunk].link.compare_exchange_strong(seen, 0, std::memory_order_acquire,
                                                                           std::memory_order_relaxed)) {
      continue;
    }
    used_.fetch_add(1, std::memory_order_relaxed);
    next_.store(chunk + 1, std::memory_order_relaxed);
    return chunk;
  }
  return none;
}

// Gives a chunk back, zeroed as far as it was written: the next reader must not take old bytes for a header.
void SpanRing::free_chunk(std::uint32_t chunk, std::uint32_t words_filled) noexcept {
  std::memset(word(chunk, 0), 0, words_filled * 4U);
  used_.fetch_sub(1, std::memory_order_relaxed);
  chunks_[chunk].link.store(chunk_free, std::memory_order_release);
}

std::byte* SpanRing::claim(std::uint32_t index, std::uint32_t size) noexcept {
  Stripe& stripe = stripes_[index];
  const std::uint32_t words = words_for(size);
  std::uint32_t seen = stripe.cursor.load(std::memory_order_acquire);
  std::uint32_t spare = none;  // taken for a switch that another thread won
  for (;;) {
    const std::uint32_t chunk = chunk_of(seen);
    const std::uint32_t at = words_of(seen);
    if (chunk != none && at + words <= chunk_words) {
      if (!stripe.cursor.compare_exchange_weak(seen, cursor(chunk, at + words), std::memory_order_acq_rel,
                                               std::memory_order_acquire)) {
        continue;
      }
      if (spare != none) free_chunk(spare, 0);
      return reinterpret_cast<std::byte*>(word(chunk, at + 1));
    }
    if (spare == none) spare = take_chunk();
    if (spare == none) return nullptr;
    if (!stripe.cursor.compare_exchange_weak(seen, cursor(spare, words), std::memory_order_acq_rel,
                                             std::memory_order_acquire)) {
      continue;
    }
    if (chunk == none) {
      stripe.first.store(spare, std::memory_order_release);
    } else {
      chunks_[chunk].filled.store(at, std::memory_order_relaxed);
      chunks_[chunk].link.store(spare + 1, std::memory_order_release);
    }
    return reinterpret_cast<std::byte*>(word(spare, 1));
  }
}

void SpanRing::commit(std::byte* claimed, std::uint32_t size, std::uint32_t timestamp_at,
                      bool annotated) noexcept {
  auto* header = reinterpret_cast<std::uint32_t*>(claimed) - 1;
  std::atomic_ref<std::uint32_t>(*header).store(pack(size, timestamp_at, annotated),
                                                std::memory_order_release);
}

// Takes the chunk away from an idle stripe whose records are all read, so that others may use it. `first`
// goes before the cursor: whoever opens the stripe anew writes `first` after it.
bool SpanRing::retire(Stripe& stripe, std::uint32_t chunk) noexcept {
  std::uint32_t expected = cursor(chunk, stripe.read_words);
  stripe.first.store(none, std::memory_order_relaxed);
  if (!stripe.cursor.compare_exchange_strong(expected, cursor(none, 0), std::memory_order_acq_rel,
                                             std::memory_order_relaxed)) {
    stripe.first.store(chunk, std::memory_order_relaxed);
    return false;
  }
  free_chunk(chunk, stripe.read_words);
  stripe.read_words = 0;
  return true;
}

bool SpanRing::peek(std::uint32_t index, RingRecord& out) noexcept {
  Stripe& stripe = stripes_[index];
  for (;;) {
    const std::uint32_t chunk = stripe.first.load(std::memory_order_acquire);
    if (chunk == none) return false;
    const std::uint32_t link = chunks_[chunk].link.load(std::memory_order_acquire);
    if (link != 0 && stripe.read_words == chunks_[chunk].filled.load(std::memory_order_relaxed)) {
      const std::uint32_t filled = stripe.read_words;
      stripe.read_words = 0;
      stripe.first.store(link - 1, std::memory_order_relaxed);
      free_chunk(chunk, filled);
      continue;
    }
    if (stripe.cursor.load(std::memory_order_acquire) == cursor(chunk, stripe.read_words)) {
      if (retire(stripe, chunk)) return false;
      continue;
    }
    if (stripe.read_words >= chunk_words) return false;
    const std::uint32_t header =
        std::atomic_ref<std::uint32_t>(*word(chunk, stripe.read_words)).load(std::memory_order_acquire);
    if (header == 0) return false;
    EDGESPAN_ASSERT((header & committed) != 0 && size_of(header) != 0);
    out.bytes = {reinterpret_cast<std::byte*>(word(chunk, stripe.read_words + 1)), size_of(header)};
    out.timestamp_at = timestamp_of(header);
    out.annotated = (header & has_annotations) != 0;
    return true;
  }
}

void SpanRing::pop(std::uint32_t index) noexcept {
  Stripe& stripe = stripes_[index];
  const std::uint32_t chunk = stripe.first.load(std::memory_order_relaxed);
  stripe.read_words += words_for(size_of(*word(chunk, stripe.read_words)));
  stripe.popped.store(stripe.popped.load(std::memory_order_relaxed) + 1, std::memory_order_release);
}

}  // namespace edgespan::core
