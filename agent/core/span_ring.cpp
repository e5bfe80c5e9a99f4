// SPDX-License-Identifier: Apache-2.0
#include "core/span_ring.hpp"

#include <cstring>

#include "core/assert.hpp"

namespace edgespan::detail {
namespace {

// What a chunk's `before` says while no stripe has it; no cursor has these values.
constexpr std::uint32_t chunk_free = UINT32_MAX;
constexpr std::uint32_t chunk_taken = UINT32_MAX - 1;  // by a producer that has not put it to use yet

// How far a search for a free chunk goes back to chunks that were freed just now, and are still in a cache.
constexpr std::uint32_t rewind_max = 64;

// The order of counters that wrap.
constexpr bool precedes(std::uint32_t a, std::uint32_t b) noexcept {
  return static_cast<std::int32_t>(a - b) < 0;
}

}  // namespace

void SpanRing::init(std::span<std::byte> bytes, std::span<RingChunk> chunks) noexcept {
  EDGESPAN_ASSERT(bytes.size() == chunks.size() * ring_chunk_bytes && chunks.size() <= ring_chunks_max);
  EDGESPAN_ASSERT(few_assertions || !chunks.empty());
  bytes_ = bytes.data();
  chunks_ = chunks;
  std::memset(bytes.data(), 0, bytes.size());
  for (RingChunk& chunk : chunks) chunk.before.store(chunk_free, std::memory_order_relaxed);
  // Each stripe begins in a quarter of its own.
  for (std::uint32_t i = 0; i < stripes; ++i) {
    stripes_[i].cursor.store(counted(0, no_chunk), std::memory_order_relaxed);
    stripes_[i].next.store(i * this->chunks() / stripes, std::memory_order_relaxed);
    reading_[i].first = reading_[i].last = none;
    reading_[i].waited_at = no_chunk;
  }
  held_ = none;
}

// Mostly the next one is free. A full ring is seen from the counter, so that a span that will be dropped
// costs no search.
std::uint32_t SpanRing::take_chunk(Stripe& stripe) noexcept {
  const std::uint32_t count = chunks();
  std::uint32_t chunk = stripe.next.load(std::memory_order_relaxed);
  EDGESPAN_ASSERT(few_assertions || chunk <= count);
  for (std::uint32_t looked = 0; looked < count; ++looked, ++chunk) {
    if (looked == 1 && chunks_used() >= count) return none;
    if (chunk >= count) chunk = 0;
    std::uint32_t seen = chunks_[chunk].before.load(std::memory_order_relaxed);
    if (seen != chunk_free || !chunks_[chunk].before.compare_exchange_strong(
                                  seen, chunk_taken, std::memory_order_acquire, std::memory_order_relaxed)) {
      continue;
    }
    EDGESPAN_ASSERT(few_assertions || chunks_used() < count);  // this one is not counted yet
    used_.fetch_add(1, std::memory_order_relaxed);
    stripe.next.store(chunk + 1, std::memory_order_relaxed);
    return chunk;
  }
  return none;
}

// The chunk is whole before the cursor leads to it: a producer that stops behind the compare-and-swap leaves
// nothing undone that others need. Its order is drawn after the cursor was read, so that the chunks of a
// stripe have rising orders.
std::byte* SpanRing::claim_on(std::uint32_t index, std::uint32_t size) noexcept {
  const std::uint32_t words = words_for(size);
  EDGESPAN_ASSERT(few_assertions || (index < stripes && words <= chunk_words));
  Stripe& stripe = stripe_at(index);
  Cursor seen = stripe.cursor.load(std::memory_order_relaxed);
  std::uint32_t spare = none;  // taken for a switch that another thread won
  for (;;) {
    const std::uint32_t here = place_of(seen);
    EDGESPAN_PAUSE_POINT(chunk_seen);
    if (words_of(here) + words <= chunk_words) {
      if (!stripe.cursor.compare_exchange_weak(seen, claimed(seen, here + words), std::memory_order_acquire,
                                               std::memory_order_relaxed)) {
        continue;
      }
      EDGESPAN_ASSERT(few_assertions || chunk_of(here) < chunks());
      if (spare != none) give_back(spare);
      return open_claim(chunk_of(here), words_of(here), size);
    }
    if (spare == none) spare = take_chunk(stripe);
    if (spare == none) return nullptr;
    EDGESPAN_ASSERT(few_assertions || spare < chunks());
    if constexpr (has_threads)
      chunks_[spare].order.store(orders_.fetch_add(1, std::memory_order_relaxed), std::memory_order_relaxed);
    chunks_[spare].before.store(here, std::memory_order_relaxed);
    if (stripe.cursor.compare_exchange_weak(seen, claimed(seen, place(spare, words)),
                                            std::memory_order_release, std::memory_order_relaxed)) {
      EDGESPAN_ASSERT(few_assertions ||
                      chunk_of(here) != spare);  // the stripe had the one, this claim the other
      return open_claim(spare, 0, size);
    }
  }
}

// The chunk is zero.
EDGESPAN_INLINE void SpanRing::give_back(std::uint32_t chunk) noexcept {
  EDGESPAN_ASSERT(chunk < chunks() && chunks_used() != 0);
  EDGESPAN_ASSERT(*word(chunk, 0) == 0);
  EDGESPAN_ASSERT(few_assertions || chunks_[chunk].before.load(std::memory_order_relaxed) != chunk_free);
  used_.fetch_sub(1, std::memory_order_relaxed);
  chunks_[chunk].before.store(chunk_free, std::memory_order_release);
}

// A chunk is zeroed before it is given back: the next reader must not take old bytes for a header.
void SpanRing::free_chunk(std::uint32_t chunk) noexcept {
  EDGESPAN_ASSERT(few_assertions ||
                  (chunk < chunks() && chunks_[chunk].end != 0));  // its first claim opened it
  EDGESPAN_ASSERT(chunks_[chunk].end <= chunk_words);
  EDGESPAN_ASSERT(few_assertions || chunks_[chunk].hole == chunk_words);  // nobody writes into it any more
  zero_words(word(chunk, 0), chunks_[chunk].end);
  if constexpr (has_threads) ++freed_;
  give_back(chunk);
}

// Comes to know the chunks that the stripe has taken since, from the newest back to the last one that is
// known. Returns where the stripe is: in the newest chunk, if there is one.
std::uint32_t SpanRing::link_chunks(std::uint32_t index) noexcept {
  ReadSide& side = read_side(index);
  const std::uint32_t at = place_of(stripe_at(index).cursor.load(std::memory_order_acquire));
  const std::uint32_t newest = chunk_of(at);
  if (newest == none || newest == side.last) return at;
  EDGESPAN_ASSERT(few_assertions || (newest < chunks() && words_of(at) <= chunk_words));
  std::uint32_t chunk = newest;
  std::uint32_t next = none;
  for (;;) {
    chunks_[chunk].next = next;
    chunks_[chunk].hole = chunk_words;
    ++side.linked;
    const std::uint32_t before = chunks_[chunk].before.load(std::memory_order_relaxed);
    EDGESPAN_ASSERT(few_assertions ||
                    words_of(before) <= chunk_words);  // where a stripe was: the chunk is in use
    next = chunk;
    chunk = chunk_of(before);
    if (chunk != none) chunks_[chunk].end = static_cast<std::uint16_t>(words_of(before));
    EDGESPAN_ASSERT(few_assertions || chunk != next);
    if (chunk == side.last) break;
    EDGESPAN_ASSERT(chunk < chunks());
  }
  if (side.last == none) {
    side.first = next;
    side.words = 0;
  } else {
    chunks_[side.last].next = next;
  }
  EDGESPAN_ASSERT(few_assertions || side.first < chunks());
  EDGESPAN_ASSERT(few_assertions || side.linked - side.left <= chunks());
  side.last = newest;
  return at;
}

std::uint32_t SpanRing::oldest_stripe(std::uint32_t without) noexcept {
  EDGESPAN_ASSERT(few_assertions || without >> stripes == 0);
  std::uint32_t oldest = stripes;
  std::uint32_t order = 0;
  for (std::uint32_t i = 0; i < stripes; ++i) {
    if ((without >> i & 1) != 0) continue;
    if (read_side(i).first == none) link_chunks(i);
    if (read_side(i).first == none) continue;
    EDGESPAN_ASSERT(few_assertions || read_side(i).first < chunks());
    const std::uint32_t mine = chunks_[read_side(i).first].order.load(std::memory_order_relaxed);
    if (oldest == stripes || precedes(mine, order)) {
      oldest = i;
      order = mine;
    }
  }
  return oldest;
}

// Goes on from the chunk that is read; true.
bool SpanRing::leave_chunk(std::uint32_t index) noexcept {
  ReadSide& side = read_side(index);
  const std::uint32_t chunk = side.first;
  EDGESPAN_ASSERT(chunk < chunks() && side.left != side.linked);
  EDGESPAN_ASSERT(few_assertions ||
                  (chunk == side.last) == (side.left + 1 == side.linked));  // the links are as many
  RingChunk& left = chunks_[chunk];
  EDGESPAN_ASSERT(few_assertions || side.words <= left.end);
  side.first = chunk == side.last ? none : left.next;
  if (side.first == none) side.last = none;
  side.words = 0;
  ++side.left;
  if (passes_over && left.hole != chunk_words) {
    EDGESPAN_ASSERT(few_assertions || holes_ != 0);
    left.next = held_;
    held_ = chunk;
    return true;
  }
  free_chunk(chunk);
  // The stripe goes on there if that is close behind.
  Atomic<std::uint32_t>& next = stripe_at(index).next;
  const std::uint32_t ahead = next.load(std::memory_order_relaxed) - chunk;
  if (ahead != 0 && ahead <= rewind_max) next.store(chunk, std::memory_order_relaxed);
  return true;
}

// Takes the newest chunk from its stripe, so that nobody claims in it any more, and leaves it. False: the
// stripe was not at `expected`.
bool SpanRing::close_chunk(std::uint32_t index, std::uint32_t expected) noexcept {
  const std::uint32_t words = words_of(expected);
  EDGESPAN_ASSERT(words <= chunk_words && read_side(index).first == read_side(index).last);
  EDGESPAN_ASSERT(few_assertions ||
                  (chunk_of(expected) == read_side(index).first && read_side(index).words <= words));
  Atomic<Cursor>& at = stripe_at(index).cursor;
  Cursor seen = expected;
  if constexpr (has_threads) {
    seen = at.load(std::memory_order_relaxed);
    if (place_of(seen) != expected) return false;
  }
  if (!at.compare_exchange_strong(seen, counted(claims_of(seen), no_chunk), std::memory_order_relaxed,
                                  std::memory_order_relaxed)) {
    return false;
  }
  chunks_[read_side(index).first].end = static_cast<std::uint16_t>(words);
  return leave_chunk(index);
}

// The claim at which the consumer stands was open twice. Returns whether its chunk was left: where the size
// of the claim is not written yet, nobody can tell where the next one begins.
bool SpanRing::pass_over(std::uint32_t index) noexcept {
  ReadSide& side = read_side(index);
  EDGESPAN_ASSERT(few_assertions || (side.first < chunks() && side.words < chunk_words));
  const std::uint32_t header = header_at(side.first, side.words);
  if ((header & committed) != 0) return false;
  RingChunk& chunk = chunks_[side.first];
  if (chunk.hole == chunk_words) {
    chunk.hole = static_cast<std::uint16_t>(side.words);
    ++holes_;
    EDGESPAN_ASSERT(few_assertions || holes_ <= chunks());
  }
  ++passed_over_;
  EDGESPAN_ASSERT(few_assertions || chunk.hole <= side.words);
  if (header != 0) {
    side.words += words_for(size_of(header));
    EDGESPAN_ASSERT(few_assertions || side.words <= chunk_words);
    return false;
  }
  for (;;) {
    const std::uint32_t at = link_chunks(index);
    if (side.first != side.last) return leave_chunk(index);
    if (close_chunk(index, at)) return true;
  }
}

SpanRing::Peek SpanRing::peek_on(std::uint32_t index, RingElement& out) noexcept {
  ReadSide& side = read_side(index);
  if (side.first == none) link_chunks(index);
  if (side.first == none) return Peek::nothing;
  EDGESPAN_ASSERT(few_assertions || side.first < chunks());
  for (;;) {
    if (show(side.first, side.words, out)) return Peek::element;
    std::uint32_t end = chunks_[side.first].end;
    if (side.first == side.last) {
      const std::uint32_t at = link_chunks(index);
      end = side.first == side.last ? words_of(at) : std::uint32_t{chunks_[side.first].end};
    }
    EDGESPAN_ASSERT(few_assertions || side.words <= end);
    if (side.words != end) {
      const std::uint32_t here = place(side.first, side.words);
      if (!passes_over || side.waited_at != here) {
        side.waited_at = here;
        return Peek::nothing;
      }
      if (pass_over(index)) return Peek::moved;
    } else if (side.first != side.last) {
      leave_chunk(index);
      return Peek::moved;
    } else if (passes_over && chunks_[side.first].hole != chunk_words) {
      return Peek::nothing;
    } else if (close_chunk(index, place(side.first, side.words))) {
      return Peek::moved;
    }
  }
}

// Looks from the first claim of a chunk that was passed over, up to word `end`. False: none of them was
// committed since; the chunk's `hole` is then the first that is still open.
bool SpanRing::find_late_in(std::uint32_t chunk, std::uint32_t end, RingElement& out) noexcept {
  EDGESPAN_ASSERT(few_assertions || (chunk < chunks() && end <= chunk_words));
  EDGESPAN_ASSERT(few_assertions || chunks_[chunk].hole < end);
  std::uint32_t hole = chunk_words;
  for (std::uint32_t at = chunks_[chunk].hole; at < end;) {
    const std::uint32_t header = header_at(chunk, at);
    if ((header & committed) == 0 && hole == chunk_words) hole = at;
    if (header == 0) break;
    if ((header & (committed | taken)) == committed) return show(chunk, at, out);
    at += words_for(size_of(header));
    EDGESPAN_ASSERT(few_assertions || at <= end);
  }
  EDGESPAN_ASSERT(few_assertions || hole >= chunks_[chunk].hole);  // the claims in front of it are read
  chunks_[chunk].hole = static_cast<std::uint16_t>(hole);
  EDGESPAN_ASSERT(holes_ != 0);
  if (hole == chunk_words) --holes_;
  return false;
}

bool SpanRing::find_late(RingElement& out) noexcept {
  EDGESPAN_ASSERT(few_assertions || holes_ != 0);
  for (const ReadSide& side : reading_) {
    const bool has_hole = side.first != none && chunks_[side.first].hole != chunk_words;
    if (has_hole && find_late_in(side.first, side.words, out)) return true;
  }
  for (std::uint32_t* from = &held_; *from != none;) {
    const std::uint32_t chunk = *from;
    if (find_late_in(chunk, chunks_[chunk].end, out)) return true;
    if (chunks_[chunk].hole != chunk_words) {
      from = &chunks_[chunk].next;
      continue;
    }
    *from = chunks_[chunk].next;
    free_chunk(chunk);
  }
  return false;
}

void SpanRing::pop_late(const RingElement& element) noexcept {
  const AtomicRef<std::uint32_t> at{*(reinterpret_cast<std::uint32_t*>(element.bytes.data()) - 1)};
  const std::uint32_t header = at.load(std::memory_order_relaxed);
  EDGESPAN_ASSERT((header & (committed | taken)) == committed);
  EDGESPAN_ASSERT(few_assertions ||
                  (size_of(header) == element.bytes.size() && holes_ != 0));  // as peek_late() left it
  at.store(header | taken, std::memory_order_relaxed);
  count_popped(reading_[0]);
}

SpanRing::Marks SpanRing::marks() noexcept {
  Marks marks{};
  for (std::uint32_t i = 0; i < stripes; ++i) {
    const std::uint32_t at = link_chunks(i);
    EDGESPAN_ASSERT(few_assertions || read_side(i).last == none || read_side(i).last == chunk_of(at));
    marks[i] = {read_side(i).linked, read_side(i).last == none ? 0 : words_of(at)};
  }
  return marks;
}

bool SpanRing::passed(const Marks& marks) const noexcept {
  for (std::uint32_t i = 0; i < stripes; ++i) {
    const ReadSide& side = reading_[i];
    EDGESPAN_ASSERT(few_assertions || marks[i].words <= chunk_words);
    EDGESPAN_ASSERT(few_assertions || side.linked - side.left <= chunks());
    const bool inside = side.left + 1 == marks[i].chunk;
    if (inside ? side.words < marks[i].words : precedes(side.left, marks[i].chunk)) return false;
  }
  return true;
}

}  // namespace edgespan::detail
