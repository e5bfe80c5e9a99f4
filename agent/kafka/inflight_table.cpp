// SPDX-License-Identifier: Apache-2.0
#include "kafka/inflight_table.hpp"

#include <cstddef>

#include "core/assert.hpp"
#include "core/tracing_state.hpp"

namespace edgespan::kafka_detail {
namespace {

constexpr std::uintptr_t empty = 0;

// Messages with 100 bytes of value and a header were 496 bytes apart (librdkafka 2.0.2, glibc, x86-64), so
// the slots between them are free for messages of the next rounds. Measured with a table of 1,024 slots and
// messages that were 208 bytes apart: with 128 here the first message found no slot when the table was half
// full, with 64 when it was full to four fifths.
constexpr std::uint64_t bytes_per_slot = 64;

constexpr std::uint64_t us_per_s = 1'000'000;

// How often a look-up that met a busy slot looks again before it answers that its key is not there.
constexpr int look_again_max = 64;

// The most that a slot counts: half of the counter's range, so that threads that count at once cannot
// overflow it.
constexpr std::uint16_t strays_max = 0x7FFF;

// Makes the slot busy if its key is still `key`. True: it belongs to this thread.
bool claim(InflightSlot& slot, std::uintptr_t key) noexcept {
  return slot.key.compare_exchange_strong(key, InflightTable::busy, std::memory_order_acquire,
                                          std::memory_order_relaxed);
}

// Claims the slot of the bucket that holds `key`; null if none does. Begins at slot `first`, because a span
// that strayed is mostly next to its own slot.
InflightSlot* claim_in(InflightBucket& bucket, std::size_t first, std::uintptr_t key,
                       bool& busy_seen) noexcept {
  EDGESPAN_ASSERT(key != InflightTable::busy && first < inflight_bucket_size);
  for (std::size_t i = 0; i < inflight_bucket_size; ++i) {
    InflightSlot& slot = bucket.slots[(first + i) % inflight_bucket_size];
    const std::uintptr_t seen = slot.key.load(std::memory_order_relaxed);
    if (seen == key && claim(slot, key)) return &slot;
    busy_seen |= seen == InflightTable::busy || seen == key;  // it was this key until now: somebody copies it
  }
  return nullptr;
}

// This and the next two take a slot that this thread has claimed. write() and release() give it back.
void read(const InflightSlot& slot, InflightSpan& out) noexcept {
  EDGESPAN_ASSERT(slot.key.load(std::memory_order_relaxed) == InflightTable::busy);
  out.context = detail::context_of(slot);
  out.start_us = slot.start_s.load(std::memory_order_relaxed) * us_per_s + slot.start_rest_us;
}

void write(InflightSlot& slot, std::uintptr_t key, std::uint32_t client, const InflightSpan& span) noexcept {
  EDGESPAN_ASSERT(slot.key.load(std::memory_order_relaxed) == InflightTable::busy);
  EDGESPAN_ASSERT(key > InflightTable::busy);
  detail::set_context(slot, span.context);
  const std::uint32_t start_s = InflightTable::seconds(span.start_us);
  slot.start_s.store(start_s, std::memory_order_relaxed);
  slot.start_rest_us = static_cast<std::uint32_t>(span.start_us - start_s * us_per_s);
  slot.client.store(client, std::memory_order_relaxed);
  slot.key.store(key, std::memory_order_release);
}

void release(InflightSlot& slot, InflightSlot& own) noexcept {
  EDGESPAN_ASSERT(slot.key.load(std::memory_order_relaxed) == InflightTable::busy);
  slot.key.store(empty, std::memory_order_release);
  if (&slot == &own) return;
  const std::uint16_t strays = own.strays.fetch_sub(1, std::memory_order_relaxed);
  EDGESPAN_ASSERT(strays != 0);
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

// The slot of the key, claimed; null if it is not there.
InflightSlot* InflightTable::find(const Place& place, bool& busy_seen) const noexcept {
  InflightSlot* const slot = claim_in(*place.bucket, place.first, place.key, busy_seen);
  if (slot != nullptr || place.own->strays.load(std::memory_order_relaxed) == 0) return slot;
  return claim_in(second_bucket(place), 0, place.key, busy_seen);
}

InflightTable::Insert InflightTable::insert(const void* address, std::uint32_t client,
                                            InflightSpan& span) noexcept {
  EDGESPAN_ASSERT(span.context.sampled());
  const Place place = place_of(reinterpret_cast<std::uintptr_t>(address));
  // Claims the slot before reading it: to fetch its cache line for reading and again for writing would be two
  // waits.
  if (!claim(*place.own, empty)) return insert_slow(place, client, span);
  if (place.own->strays.load(std::memory_order_relaxed) != 0) {
    place.own->key.store(empty, std::memory_order_release);
    return insert_slow(place, client, span);
  }
  write(*place.own, place.key, client, span);
  return Insert::stored;
}

[[gnu::noinline]] InflightTable::Insert InflightTable::insert_slow(const Place& place, std::uint32_t client,
                                                                   InflightSpan& span) noexcept {
  EDGESPAN_ASSERT(place.own == &place.bucket->slots[place.first]);
  bool busy_seen = false;
  const bool may_stand = may_hold(place.own, place.key);
  if (InflightSlot* const slot = may_stand ? find(place, busy_seen) : nullptr) {
    InflightSpan old;
    read(*slot, old);
    EDGESPAN_ASSERT(old.context.sampled());
    write(*slot, place.key, client, span);
    span = old;
    return Insert::replaced;
  }
  if (place.own->strays.load(std::memory_order_relaxed) >= strays_max) return Insert::full;
  InflightSlot* slot = claim_in(*place.bucket, place.first, empty, busy_seen);
  if (slot == nullptr) slot = claim_in(second_bucket(place), 0, empty, busy_seen);
  if (slot == nullptr) return Insert::full;
  if (slot != place.own) {
    const std::uint16_t strays = place.own->strays.fetch_add(1, std::memory_order_relaxed);
    EDGESPAN_ASSERT(strays != UINT16_MAX);
  }
  write(*slot, place.key, client, span);
  return Insert::stored;
}

bool InflightTable::take(const void* address, InflightSpan& out) noexcept {
  const Place place = place_of(reinterpret_cast<std::uintptr_t>(address));
  if (!claim(*place.own, place.key)) return take_slow(place, out);
  read(*place.own, out);
  place.own->key.store(empty, std::memory_order_release);
  return true;
}

[[gnu::noinline]] bool InflightTable::take_slow(const Place& place, InflightSpan& out) noexcept {
  EDGESPAN_ASSERT(place.own == &place.bucket->slots[place.first]);
  for (int look = 0; look < look_again_max; ++look) {
    bool busy_seen = false;
    if (InflightSlot* const slot = find(place, busy_seen)) {
      read(*slot, out);
      release(*slot, *place.own);
      return true;
    }
    if (!busy_seen) return false;
  }
  return false;
}

bool InflightTable::Sweep::next(InflightSpan& out) noexcept {
  const std::span<InflightBucket> buckets = table_.buckets_;
  EDGESPAN_ASSERT(!buckets.empty());
  while (at_ < buckets.size() * inflight_bucket_size) {
    InflightBucket& bucket = buckets[at_ / inflight_bucket_size];
    InflightSlot& slot = bucket.slots[at_ % inflight_bucket_size];
    ++at_;
    const std::uintptr_t key = slot.key.load(std::memory_order_acquire);
    if (key == empty || key == busy || !chosen(slot) || !claim(slot, key)) continue;
    // Since the slot was read, the message may be gone and another one may use its address.
    if (!chosen(slot)) {
      slot.key.store(key, std::memory_order_release);
      continue;
    }
    const Place place = table_.place_of(key);
    EDGESPAN_ASSERT(&bucket == place.bucket || &bucket == &table_.second_bucket(place));
    read(slot, out);
    release(slot, *place.own);
    return true;
  }
  return false;
}

}  // namespace edgespan::kafka_detail
