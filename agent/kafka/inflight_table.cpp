// SPDX-License-Identifier: Apache-2.0
#include "kafka/inflight_table.hpp"

#include <cstddef>

#include "core/assert.hpp"
#include "core/tracing_state.hpp"

namespace edgespan::kafka_detail {
namespace {

// Messages with 100 bytes of value and a header were 496 bytes apart (librdkafka 2.0.2, glibc, x86-64), so
// the slots between them are free for messages of the next rounds. Measured with a table of 1,024 slots and
// messages that were 208 bytes apart: with 128 here the first message found no slot when the table was half
// full, with 64 when it was full to four fifths.
constexpr std::uint64_t bytes_per_slot = 64;

// The most that a slot counts: half of the counter's range, so that threads that count at once cannot
// overflow it.
constexpr std::uint16_t strays_max = 0x7FFF;

// Changes the slot's key from `from` to `to`, if no other thread can have taken the slot and given it back
// since this one changed its key to `from`. True: this thread did.
bool claim_again(InflightSlot& slot, std::uintptr_t from, std::uintptr_t to) noexcept {
  return slot.key.compare_exchange_strong(from, to, std::memory_order_relaxed, std::memory_order_relaxed);
}

}  // namespace

void InflightTable::init(std::span<InflightBucket> buckets) noexcept {
  EDGESPAN_ASSERT(!buckets.empty());
  buckets_ = buckets;
  const std::uint64_t bytes_around = buckets.size() * inflight_bucket_size * bytes_per_slot;
  round_per_unit_ = static_cast<std::uint32_t>((std::uint64_t{unit_bytes} << 32) / bytes_around);
  EDGESPAN_ASSERT(round_per_unit_ != 0);
  for (InflightBucket& bucket : buckets) {
    for (InflightSlot& slot : bucket.slots) {
      slot.key.store(empty, std::memory_order_relaxed);
      slot.strays.store(0, std::memory_order_relaxed);
    }
  }
}

// Begins at slot `first`, where an own slot is. Only the sweep changes a key beside its owner, and in two
// ways: it asks about the span, which changes nothing, or takes it. So who loses a claim looks at the slot
// again.
InflightSlot* InflightTable::find_in(InflightBucket& bucket, std::size_t first, std::uintptr_t key) noexcept {
  EDGESPAN_ASSERT(detail::few_assertions || (key > busy && first < inflight_bucket_size));
  for (std::size_t i = 0; i < inflight_bucket_size; ++i) {
    InflightSlot& slot = bucket.slots[(first + i) % inflight_bucket_size];
    std::uintptr_t seen = slot.key.load(std::memory_order_relaxed);
    for (; (seen & ~asked_about) == key; seen = slot.key.load(std::memory_order_relaxed)) {
      if (claim(slot, seen)) return &slot;
    }
  }
  return nullptr;
}

InflightSlot* InflightTable::find(const Place& place) const noexcept {
  InflightSlot* const slot = find_in(*place.bucket, place.first, place.key);
  if (slot != nullptr || place.own->strays.load(std::memory_order_relaxed) == 0) return slot;
  return find_in(second_bucket(place), 0, place.key);
}

// Claims an empty slot of some that stand in a row; null if there is none.
EDGESPAN_INLINE InflightSlot* InflightTable::claim_of(InflightSlot* from, const InflightSlot* end) noexcept {
  for (InflightSlot* slot = from; slot != end; ++slot) {
    if (slot->key.load(std::memory_order_relaxed) == empty && claim(*slot, empty)) return slot;
  }
  return nullptr;
}

// The same of a bucket. Begins at slot `first`, so that a span that strays is mostly next to its own slot.
EDGESPAN_INLINE InflightSlot* InflightTable::claim_empty(InflightBucket& bucket, std::size_t first) noexcept {
  EDGESPAN_ASSERT(first < inflight_bucket_size);
  InflightSlot* const slots = bucket.slots.data();
  InflightSlot* const slot = claim_of(slots + first, slots + inflight_bucket_size);
  return slot != nullptr ? slot : claim_of(slots, slots + first);
}

// Gives back a slot that this thread has claimed.
void InflightTable::release(InflightSlot& slot, InflightSlot& own) noexcept {
  EDGESPAN_ASSERT(detail::few_assertions || slot.key.load(std::memory_order_relaxed) == busy);
  slot.key.store(empty, std::memory_order_release);
  if (&slot == &own) return;
  const std::uint16_t strays = own.strays.fetch_sub(1, std::memory_order_relaxed);
  EDGESPAN_ASSERT(strays != 0);
}

InflightTable::Insert InflightTable::insert_apart(Own own, std::uint32_t client,
                                                  InflightSpan& span) noexcept {
  return insert_here(own, client, span);
}

[[gnu::noinline]] InflightTable::Insert InflightTable::insert_slow(std::uintptr_t key, std::uint32_t client,
                                                                   InflightSpan& span) noexcept {
  const Place place = place_of(key);
  EDGESPAN_ASSERT(detail::few_assertions || place.own == &place.bucket->slots[place.first]);
  const bool may_stand = may_hold(Own{key, place.own});
  if (InflightSlot* const slot = may_stand ? find(place) : nullptr) {
    const InflightSpan old = read(*slot);
    EDGESPAN_ASSERT(old.context.sampled());
    write(*slot, place.key, client, span);
    span = old;
    return Insert::replaced;
  }
  if (place.own->strays.load(std::memory_order_relaxed) >= strays_max) return Insert::full;
  InflightSlot* slot = claim_empty(*place.bucket, place.first);
  if (slot == nullptr) slot = claim_empty(second_bucket(place), 0);
  if (slot == nullptr) return Insert::full;
  if (slot != place.own) {
    const std::uint16_t strays = place.own->strays.fetch_add(1, std::memory_order_relaxed);
    EDGESPAN_ASSERT(strays != UINT16_MAX);
  }
  write(*slot, place.key, client, span);
  return Insert::stored;
}

bool InflightTable::take_apart(Own own, InflightSpan& out) noexcept { return take_here(own, out); }

[[gnu::noinline]] bool InflightTable::take_slow(std::uintptr_t key, InflightSpan& out) noexcept {
  const Place place = place_of(key);
  EDGESPAN_ASSERT(detail::few_assertions || place.own == &place.bucket->slots[place.first]);
  InflightSlot* const slot = find(place);
  if (slot == nullptr) return false;
  out = read(*slot);
  release(*slot, *place.own);
  return true;
}

bool InflightTable::Sweep::next(InflightSpan& out) noexcept {
  const std::span<InflightBucket> buckets = table_.buckets_;
  EDGESPAN_ASSERT(!buckets.empty());
  while (at_ < buckets.size() * inflight_bucket_size) {
    InflightBucket& bucket = buckets[at_ / inflight_bucket_size];
    InflightSlot& slot = bucket.slots[at_ % inflight_bucket_size];
    ++at_;
    const std::uintptr_t key = slot.key.load(std::memory_order_relaxed);
    if (key == empty || key == busy || !chosen(slot)) continue;
    EDGESPAN_ASSERT((key & asked_about) == 0);  // no other sweep walks
    if (!claim(slot, key, key | asked_about)) continue;
    // Since the slot was read, the message may be gone and another one may use its address. Until it is
    // certain that the span is this sweep's, its delivery report may take it.
    const bool its_own = chosen(slot);
    if (!claim_again(slot, key | asked_about, its_own ? busy : key) || !its_own) continue;
    const Place place = table_.place_of(key);
    EDGESPAN_ASSERT(&bucket == place.bucket || &bucket == &table_.second_bucket(place));
    out = read(slot);
    release(slot, *place.own);
    return true;
  }
  return false;
}

}  // namespace edgespan::kafka_detail
