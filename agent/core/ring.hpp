// SPDX-License-Identifier: Apache-2.0
// Finished spans wait here, encoded. Any number of threads put spans in without a lock; one consumer at a
// time takes them out.
//
// The memory is cut into chunks that a few stripes share. A thread always uses the same stripe, so its spans
// stay in order and threads do not meet on one counter; a stripe takes a further chunk when its last one is
// full, so that one busy thread may use all the memory.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <edgespan/limits.hpp>
#include <span>

namespace edgespan::core {

inline constexpr std::uint32_t stripes = 4;

// Per stripe, written by its producers; wraps at 2^32 and is summed up by differences.
struct StripeCounters {
  std::atomic<std::uint32_t> accepted{0};
  std::atomic<std::uint32_t> ring_full{0};
  std::atomic<std::uint32_t> no_slot{0};
  std::atomic<std::uint32_t> too_large{0};
};

// A span in the ring, as its consumer sees it.
struct RingRecord {
  std::span<std::byte> bytes;
  std::uint32_t timestamp_at = 0;
  bool annotated = false;
};

class SpanRing {
 public:
  void init(std::span<std::byte> bytes, std::span<RingChunk> chunks) noexcept;

  // Producer side, any thread. A claim of `size` bytes (1 to ring_chunk_bytes - 4); null if the ring is full.
  // Every claim is followed by its commit, without a wait in between: an open claim holds back the spans
  // behind it in its stripe.
  std::byte* claim(std::uint32_t stripe, std::uint32_t size) noexcept;
  void commit(std::byte* claimed, std::uint32_t size, std::uint32_t timestamp_at, bool annotated) noexcept;

  // Consumer side, under the consumer's lock: the oldest committed record of a stripe, until pop().
  bool peek(std::uint32_t stripe, RingRecord& out) noexcept;
  void pop(std::uint32_t stripe) noexcept;

  // Chunks that hold, or may take, spans. Any thread; a guess as soon as it is returned.
  std::uint32_t chunks_used() const noexcept { return used_.load(std::memory_order_relaxed); }
  std::uint32_t chunks() const noexcept { return static_cast<std::uint32_t>(chunks_.size()); }

  StripeCounters& counters(std::uint32_t stripe) noexcept { return stripes_[stripe].counters; }
  // Records that left the stripe. Any thread.
  std::uint32_t popped(std::uint32_t stripe) const noexcept {
    return stripes_[stripe].popped.load(std::memory_order_acquire);
  }

 private:
  // A cursor packs the chunk a stripe fills and how many words of it are claimed. Equal values mean equal
  // states, so a compare-and-swap needs no generation.
  static constexpr std::uint32_t none = 0x7FFFFF;
  static constexpr std::uint32_t cursor(std::uint32_t chunk, std::uint32_t words) noexcept {
    return chunk << 9 | words;
  }
  static constexpr std::uint32_t chunk_of(std::uint32_t value) noexcept { return value >> 9; }
  static constexpr std::uint32_t words_of(std::uint32_t value) noexcept { return value & 0x1FF; }

  struct alignas(64) Stripe {
    std::atomic<std::uint32_t> cursor{0};
    StripeCounters counters;
    std::atomic<std::uint32_t> first{0};  // the oldest chunk that is not read to its end
    std::uint32_t read_words = 0;         // of it
    std::atomic<std::uint32_t> popped{0};
  };

  std::uint32_t* word(std::uint32_t chunk, std::uint32_t words) noexcept;
  std::uint32_t take_chunk() noexcept;
  void free_chunk(std::uint32_t chunk, std::uint32_t words_filled) noexcept;
  bool retire(Stripe& stripe, std::uint32_t chunk) noexcept;

  std::byte* bytes_ = nullptr;
  std::span<RingChunk> chunks_;
  std::atomic<std::uint32_t> used_{0};  // never more than are taken
  std::atomic<std::uint32_t> next_{0};  // where the search for a free chunk begins: chunks are used in turn
  std::array<Stripe, stripes> stripes_;
};

}  // namespace edgespan::core
