// SPDX-License-Identifier: Apache-2.0
#include "core/inflight.hpp"

#include <bit>

namespace edgespan::core {
namespace {

constexpr std::uintptr_t empty = 0;
constexpr std::uintptr_t busy = 1;  // somebody copies the span in or out: a matter of nanoseconds

// How often a look-up that met a busy slot looks again before it believes that its key is not there.
constexpr int look_again_max = 64;

// Which slots of a row hold `key`, a bit each, and in the high half which are busy: all are read, without a
// branch that could be guessed wrong.
constexpr std::uint32_t busy_shift = 16;
std::uint32_t look(const InflightBucket& bucket, std::uintptr_t key) noexcept {
  std::uint32_t seen = 0;
#pragma GCC unroll 8
  for (std::uint32_t slot = 0; slot < inflight_bucket_size; ++slot) {
    const std::uintptr_t stands = bucket.keys[slot].load(std::memory_order_relaxed);
    seen |= (std::uint32_t{stands == key} | std::uint32_t{stands == busy} << busy_shift) << slot;
  }
  return seen;
}

// Turns a key of a row into `busy`, where it still stands.
bool own_slot(InflightBucket& bucket, std::uintptr_t key, std::uint32_t& slot, bool& busy_seen) noexcept {
  const std::uint32_t seen = look(bucket, key);
  for (std::uint32_t found = seen & 0xFFFF; found != 0; found &= found - 1) {
    slot = static_cast<std::uint32_t>(std::countr_zero(found));
    std::uintptr_t expected = key;
    if (bucket.keys[slot].compare_exchange_strong(expected, busy, std::memory_order_acquire,
                                                  std::memory_order_relaxed)) {
      return true;
    }
    busy_seen |= expected == busy;
  }
  busy_seen |= seen >> busy_shift != 0;
  return false;
}

}  // namespace

void InflightTable::init(std::span<InflightBucket> buckets) noexcept {
  buckets_ = buckets;
  for (InflightBucket& bucket : buckets) {
    for (auto& key : bucket.keys) key.store(empty, std::memory_order_relaxed);
    bucket.elsewhere.store(0, std::memory_order_relaxed);
  }
}

InflightTable::Choice InflightTable::buckets_of(std::uintptr_t key) noexcept {
  // Heap addresses differ in their middle bits; two odd multipliers spread them in two ways.
  const auto low =
      static_cast<std::uint32_t>(key >> 4) ^ static_cast<std::uint32_t>(std::uint64_t{key} >> 32);
  const auto at = [&](std::uint32_t hash) {
    return &buckets_[static_cast<std::size_t>(std::uint64_t{hash ^ hash >> 15} * buckets_.size() >> 32)];
  };
  const Choice choice{at(low * 0x9E3779B1U), at(low * 0x85EBCA77U)};
  return {choice.first, choice.second == choice.first ? nullptr : choice.second};
}

bool InflightTable::own(std::uintptr_t key, const Choice& choice, Place& place, bool& busy_seen) noexcept {
  place.bucket = choice.first;
  if (own_slot(*place.bucket, key, place.slot, busy_seen)) return true;
  if (choice.second == nullptr || choice.first->elsewhere.load(std::memory_order_acquire) == 0) return false;
  place.bucket = choice.second;
  return own_slot(*place.bucket, key, place.slot, busy_seen);
}

// Empties a slot that this thread owns.
void InflightTable::release(const Place& place, const Choice& choice) noexcept {
  place.bucket->keys[place.slot].store(empty, std::memory_order_release);
  if (place.bucket != choice.first) choice.first->elsewhere.fetch_sub(1, std::memory_order_relaxed);
}

InflightTable::Insert InflightTable::insert(const void* address, const InflightSpan& span,
                                            InflightSpan& old) noexcept {
  const auto key = reinterpret_cast<std::uintptr_t>(address);
  const Choice choice = buckets_of(key);
  Insert result = Insert::stored;
  Place place;
  bool busy_seen = false;
  if (own(key, choice, place, busy_seen)) {
    old = place.bucket->spans[place.slot];
    result = Insert::replaced;
  } else if (place.bucket = choice.first; !own_slot(*place.bucket, empty, place.slot, busy_seen)) {
    place.bucket = choice.second;
    if (place.bucket == nullptr || !own_slot(*place.bucket, empty, place.slot, busy_seen))
      return Insert::full;
    choice.first->elsewhere.fetch_add(1, std::memory_order_relaxed);
  }
  place.bucket->spans[place.slot] = span;
  place.bucket->start_s[place.slot].store(static_cast<std::uint32_t>(span.start_us / 1'000'000),
                                          std::memory_order_relaxed);
  place.bucket->keys[place.slot].store(key, std::memory_order_release);
  return result;
}

bool InflightTable::take(const void* address, InflightSpan& out) noexcept {
  const auto key = reinterpret_cast<std::uintptr_t>(address);
  const Choice choice = buckets_of(key);
  for (int look = 0; look < look_again_max; ++look) {
    Place place;
    bool busy_seen = false;
    if (own(key, choice, place, busy_seen)) {
      out = place.bucket->spans[place.slot];
      release(place, choice);
      return true;
    }
    if (!busy_seen) return false;
  }
  return false;
}

bool InflightTable::take_older(std::uint64_t now_us, std::uint32_t age_s, InflightSpan& out) noexcept {
  const auto now_s = static_cast<std::uint32_t>(now_us / 1'000'000);
  for (InflightBucket& candidate : buckets_) {
    for (std::uint32_t slot = 0; slot < inflight_bucket_size; ++slot) {
      std::uintptr_t key = candidate.keys[slot].load(std::memory_order_acquire);
      if (key == empty || key == busy) continue;
      if (now_s - candidate.start_s[slot].load(std::memory_order_relaxed) < age_s) continue;
      if (!candidate.keys[slot].compare_exchange_strong(key, busy, std::memory_order_acquire,
                                                        std::memory_order_relaxed)) {
        continue;
      }
      // The address may have been reported and used again since its age was read.
      if (now_s - candidate.start_s[slot].load(std::memory_order_relaxed) < age_s) {
        candidate.keys[slot].store(key, std::memory_order_release);
        continue;
      }
      out = candidate.spans[slot];
      release({&candidate, slot}, buckets_of(key));
      return true;
    }
  }
  return false;
}

}  // namespace edgespan::core
