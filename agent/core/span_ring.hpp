// SPDX-License-Identifier: Apache-2.0
// Finished spans wait here, encoded. Any number of threads put spans in without a lock; one consumer at a
// time takes them out.
//
// The memory is cut into chunks that a few stripes share. A thread always uses the same stripe, so its spans
// stay in order and threads do not meet on one counter. A stripe takes a further chunk when its last one is
// full, so that one busy thread may use all the memory. What producers write and what the consumer writes
// stand in different cache lines, and so do the stripes: threads of two stripes share no line that changes.
//
// Progress: a claim is lock-free for producers, and no thread waits for another. A producer may stop for ever
// at any instruction between claim() and commit(). The consumer then passes over that one claim, and reads on
// behind it; where the producer stopped before it wrote the size of its claim, the consumer passes over the
// rest of the chunk. What was passed over is read as soon as it is committed. Until then its chunk is not
// used again.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <edgespan/limits.hpp>
#include <span>
#include <type_traits>

#include "core/assert.hpp"
#include "core/atomic_ref.hpp"
#include "core/code.hpp"
#include "core/pause_point.hpp"
#include "core/stripe_counters.hpp"

namespace edgespan::detail {

// A span in the ring, as its consumer sees it.
struct RingElement {
  std::span<std::byte> bytes;
  std::uint32_t timestamp_at = 0;
  bool annotated = false;
};

class SpanRing {
 public:
  void init(std::span<std::byte> bytes, std::span<RingChunk> chunks) noexcept;

  // Lets the counters begin near their wrap instead of at 0; before the first span, by one thread.
  void count_from(std::uint32_t count) noexcept {
    EDGESPAN_ASSERT(few_assertions || chunks_used() == 0);
    for (std::uint32_t i = 0; i < stripes; ++i) {
      if constexpr (has_threads) {
        stripes_[i].cursor.store(counted(count, no_chunk), std::memory_order_relaxed);
      } else {
        stripes_[i].counters.accepted.store(count, std::memory_order_relaxed);
      }
      reading_[i].popped = count;
      reading_[i].linked = reading_[i].left = count;
    }
    orders_.store(count, std::memory_order_relaxed);
  }

  // Producer side, any thread. A claim of `size` bytes (1 to ring_chunk_bytes - 4); null if the ring is full.
  // Every claim is followed by its commit, without a wait in between.
  std::byte* claim(std::uint32_t stripe, std::uint32_t size) noexcept {
    EDGESPAN_ASSERT(stripe < stripes && size - 1 < ring_chunk_bytes - 4);
    const std::uint32_t words = words_for(size);
    if constexpr (small_code) return claim_on(stripe, size);
    Atomic<Cursor>& at = stripe_at(stripe).cursor;
    Cursor seen = at.load(std::memory_order_relaxed);
    EDGESPAN_PAUSE_POINT(cursor_seen);
    const std::uint32_t place = place_of(seen);
    if (words_of(place) + words <= chunk_words &&
        at.compare_exchange_strong(seen, claimed_on(seen, words), std::memory_order_acquire,
                                   std::memory_order_relaxed)) {
      return open_claim(chunk_of(place), words_of(place), size);
    }
    return claim_on(stripe, size);
  }
  void commit(std::byte* claimed, std::uint32_t size, std::uint32_t timestamp_at, bool annotated) noexcept {
    EDGESPAN_ASSERT(few_assertions || claimed != nullptr);
    const AtomicRef<std::uint32_t> header{*(reinterpret_cast<std::uint32_t*>(claimed) - 1)};
    // Claimed with this size, and not committed before.
    EDGESPAN_ASSERT(header.load(std::memory_order_relaxed) == size);
    EDGESPAN_ASSERT(few_assertions || timestamp_at < size);
    header.store(pack(size, timestamp_at, annotated), std::memory_order_release);
  }
  // Whether a claim was the first of its chunk: the moment at which the ring became fuller.
  bool opens_chunk(const std::byte* claimed) const noexcept {
    return static_cast<std::size_t>(claimed - bytes_) % ring_chunk_bytes == sizeof(std::uint32_t);
  }

  // Consumer side, under the consumer's lock, until the end of the class but for the last functions.

  // Without threads the consumer never meets an open claim that could go on before it returns: a claim that
  // an interrupt makes is committed when the main loop goes on, and an interrupt that meets a claim of the
  // main loop's drops its span.
  static constexpr bool passes_over = has_threads;

  // What peek() found in the oldest chunk of a stripe.
  enum class Peek : std::uint8_t {
    element,  // the oldest element that is committed, until pop()
    moved,    // the end of the chunk: it was left, and the next one may be older than those of other stripes
    nothing,  // no more is there now, or a claim is still being written
  };

  // The stripe of which the oldest chunk was taken first, of those whose bit in `without` is not set;
  // `stripes` if there is none.
  std::uint32_t oldest_stripe(std::uint32_t without) noexcept;
  // Whether all chunks that hold spans are of this stripe, as far as the consumer can know: then it is the
  // oldest one.
  bool has_all(std::uint32_t stripe) const noexcept {
    EDGESPAN_ASSERT(few_assertions || stripe < stripes);
    return reading_[stripe].linked - reading_[stripe].left == chunks_used();
  }
  Peek peek(std::uint32_t stripe, RingElement& out) noexcept {
    EDGESPAN_ASSERT(few_assertions || stripe < stripes);
    if constexpr (!small_code) {
      const ReadSide& side = read_side(stripe);
      if (side.first != none && show(side.first, side.words, out)) return Peek::element;
    }
    return peek_on(stripe, out);
  }
  EDGESPAN_SHARED void pop(std::uint32_t stripe) noexcept {
    ReadSide& side = read_side(stripe);
    EDGESPAN_ASSERT(few_assertions || (stripe < stripes && side.first < chunks()));  // as peek() left it
    const AtomicRef<std::uint32_t> at{*word(side.first, side.words)};
    const std::uint32_t header = at.load(std::memory_order_relaxed);
    EDGESPAN_ASSERT((header & (committed | taken)) == committed);
    side.words += words_for(size_of(header));
    EDGESPAN_ASSERT(few_assertions || side.words <= chunk_words);
    if (passes_over && chunks_[side.first].hole != chunk_words)
      at.store(header | taken, std::memory_order_relaxed);
    count_popped(side);
  }

  // An element whose claim was passed over, and that is committed since; until pop_late(). False: there is
  // none.
  bool peek_late(RingElement& out) noexcept { return passes_over && holes_ != 0 && find_late(out); }
  void pop_late(const RingElement& element) noexcept;

  // Claims that were passed over, modulo 2^32.
  std::uint32_t passed_over() const noexcept { return passes_over ? passed_over_ : 0; }

  // A place in each stripe, behind all that was committed to it.
  struct Mark {
    std::uint32_t chunk;  // how many chunks its stripe had taken
    std::uint32_t words;  // of the last of them
  };
  using Marks = std::array<Mark, stripes>;
  Marks marks() noexcept;
  // Whether all that stood before the marks was popped or passed over.
  bool passed(const Marks& marks) const noexcept;

  // Claims of this stripe, modulo 2^32. Without threads there is no compare-and-swap that could count them.
  std::uint32_t accepted(std::uint32_t stripe) noexcept {
    EDGESPAN_ASSERT(few_assertions || stripe < stripes);
    if constexpr (!has_threads) return counters(stripe).accepted.load(std::memory_order_relaxed);
    return claims_of(stripe_at(stripe).cursor.load(std::memory_order_relaxed));
  }
  // Elements that left the ring by this stripe, modulo 2^32.
  std::uint32_t popped(std::uint32_t stripe) const noexcept {
    EDGESPAN_ASSERT(few_assertions || stripe < stripes);
    return reading_[stripe].popped;
  }

  // Any thread, from here on. Chunks that hold, or may take, spans; a guess as soon as it is returned.
  std::uint32_t chunks_used() const noexcept { return used_.load(std::memory_order_relaxed); }
  // Changes when the consumer gives a chunk back. Another thread may have taken that chunk by now, so that
  // chunks_used() is what it was.
  std::uint32_t chunks_freed() const noexcept { return has_threads ? freed_ : 0U - chunks_used(); }
  std::uint32_t chunks() const noexcept { return static_cast<std::uint32_t>(chunks_.size()); }

  StripeCounters& counters(std::uint32_t stripe) noexcept {
    EDGESPAN_ASSERT(few_assertions || stripe < stripes);
    return stripe_at(stripe).counters;
  }

 private:
  static constexpr std::uint32_t chunk_words = ring_chunk_bytes / 4;

  // A place packs the chunk a stripe fills and how many words of it are claimed. Equal places mean equal
  // states, so a compare-and-swap needs no generation. A stripe without a chunk counts as full.
  static constexpr std::uint32_t none = 0x7FFFFF;
  static constexpr std::uint32_t place(std::uint32_t chunk, std::uint32_t words) noexcept {
    EDGESPAN_ASSERT(few_assertions || words <= chunk_words);
    return chunk << 9 | words;
  }
  static constexpr std::uint32_t chunk_of(std::uint32_t value) noexcept { return value >> 9; }
  static constexpr std::uint32_t words_of(std::uint32_t value) noexcept { return value & 0x1FF; }
  static constexpr std::uint32_t no_chunk = none << 9 | chunk_words;

  // A cursor is a place, and with threads, above it, how many claims the stripe has seen, modulo 2^32: what
  // counts a span is then the same compare-and-swap that claims room for it. Whoever moves a stripe to a
  // chunk releases the chunk, and all later changes are compare-and-swaps: so whoever acquires any of them
  // has the chunk.
  using Cursor = std::conditional_t<has_threads, std::uint64_t, std::uint32_t>;
  static constexpr std::uint32_t place_of(Cursor cursor) noexcept {
    return static_cast<std::uint32_t>(cursor);
  }
  static constexpr std::uint32_t claims_of(Cursor cursor) noexcept {
    return static_cast<std::uint32_t>(std::uint64_t{cursor} >> 32);
  }
  static constexpr Cursor counted(std::uint32_t claims, std::uint32_t place) noexcept {
    return static_cast<Cursor>(std::uint64_t{claims} << 32 | place);
  }
  // After one more claim, which has led to this place.
  static constexpr Cursor claimed(Cursor before, std::uint32_t place) noexcept {
    return counted(claims_of(before) + 1, place);
  }

  // The same if that place is in the chunk where the stripe was.
  static constexpr Cursor claimed_on(Cursor before, std::uint32_t words) noexcept {
    return static_cast<Cursor>(before + counted(1, words));
  }

  // The word in front of an element. 0: nothing is there, or its producer has not come to write the size of
  // its claim.
  static constexpr std::uint32_t committed = 1U << 31;
  static constexpr std::uint32_t has_annotations = 1U << 30;
  static constexpr std::uint32_t taken = 1U
                                         << 29;  // popped, while the chunk waits for a claim in front of it
  static constexpr std::uint32_t pack(std::uint32_t size, std::uint32_t timestamp_at,
                                      bool annotated) noexcept {
    return committed | (annotated ? has_annotations : 0) | timestamp_at << 12 | size;
  }
  static_assert(ring_chunk_bytes <= 0xFFF);  // the bits of a size in the header
  static constexpr std::uint32_t size_of(std::uint32_t header) noexcept { return header & 0xFFF; }
  static constexpr std::uint32_t words_for(std::uint32_t size) noexcept { return 1 + (size + 3) / 4; }

  // What the producers of a stripe write.
  struct alignas(64) Stripe {
    Atomic<Cursor> cursor{0};
    StripeCounters counters;
    Atomic<std::uint32_t> next{0};  // where its search for a free chunk begins
  };
  // What the consumer keeps of a stripe.
  struct ReadSide {
    std::uint32_t first = 0;      // the oldest chunk that is not read to its end
    std::uint32_t words = 0;      // read of it
    std::uint32_t last = 0;       // the newest chunk that the consumer knows
    std::uint32_t linked = 0;     // chunks that it has come to know, modulo 2^32
    std::uint32_t left = 0;       // chunks that it has read to their end, modulo 2^32
    std::uint32_t waited_at = 0;  // the claim that it found open before
    Guarded<std::uint32_t> popped{0};
  };

  // Known to the compiler where there is one only.
  Stripe& stripe_at(std::uint32_t index) noexcept { return stripes_[stripes == 1 ? 0 : index]; }
  ReadSide& read_side(std::uint32_t index) noexcept { return reading_[stripes == 1 ? 0 : index]; }

  std::uint32_t* word(std::uint32_t chunk, std::uint32_t words) noexcept {
    return reinterpret_cast<std::uint32_t*>(bytes_ + chunk * ring_chunk_bytes + words * 4U);
  }
  std::uint32_t header_at(std::uint32_t chunk, std::uint32_t words) noexcept {
    return AtomicRef<std::uint32_t>{*word(chunk, words)}.load(std::memory_order_acquire);
  }
  // The size is written at once, so that the consumer can pass over a claim whose producer stops.
  std::byte* open_claim(std::uint32_t chunk, std::uint32_t words, std::uint32_t size) noexcept {
    EDGESPAN_PAUSE_POINT(claimed);
    std::uint32_t* const header = word(chunk, words);
    EDGESPAN_ASSERT(*header == 0);  // whoever freed the chunk has zeroed it
    AtomicRef<std::uint32_t>{*header}.store(size, std::memory_order_relaxed);
    return reinterpret_cast<std::byte*>(header + 1);
  }
  bool show(std::uint32_t chunk, std::uint32_t words, RingElement& out) noexcept {
    if (words >= chunk_words) return false;
    const std::uint32_t header = header_at(chunk, words);
    if ((header & committed) == 0) return false;
    EDGESPAN_ASSERT(words + words_for(size_of(header)) <= chunk_words);
    EDGESPAN_ASSERT(few_assertions || (header & taken) == 0);  // an element is shown until it is popped
    out.bytes = {reinterpret_cast<std::byte*>(word(chunk, words + 1)), size_of(header)};
    out.timestamp_at = header >> 12 & 0xFFF;
    out.annotated = (header & has_annotations) != 0;
    return true;
  }
  static void count_popped(ReadSide& side) noexcept { side.popped = side.popped + 1; }
  std::byte* claim_on(std::uint32_t index, std::uint32_t size) noexcept;
  std::uint32_t take_chunk(Stripe& stripe) noexcept;
  void give_back(std::uint32_t chunk) noexcept;
  void free_chunk(std::uint32_t chunk) noexcept;

  Peek peek_on(std::uint32_t index, RingElement& out) noexcept;
  std::uint32_t link_chunks(std::uint32_t index) noexcept;
  bool leave_chunk(std::uint32_t index) noexcept;
  bool close_chunk(std::uint32_t index, std::uint32_t expected) noexcept;
  bool pass_over(std::uint32_t index) noexcept;
  bool find_late(RingElement& out) noexcept;
  bool find_late_in(std::uint32_t chunk, std::uint32_t end, RingElement& out) noexcept;

  std::byte* bytes_ = nullptr;
  std::span<RingChunk> chunks_;
  std::array<Stripe, stripes> stripes_;
  alignas(64) std::array<ReadSide, stripes> reading_;
  std::uint32_t held_ = 0;   // chunks that were left with a claim passed over, linked by `next`
  std::uint32_t holes_ = 0;  // chunks with such a claim, held or not
  std::uint32_t passed_over_ = 0;
  std::uint32_t freed_ = 0;  // chunks that the consumer gave back, modulo 2^32; counted only with threads
  alignas(64) Atomic<std::uint32_t> used_{0};  // chunks that a stripe has; everybody writes it, once a chunk
  Atomic<std::uint32_t> orders_{0};            // chunks that were taken; as `used_`
};

}  // namespace edgespan::detail
