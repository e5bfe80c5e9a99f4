// SPDX-License-Identifier: Apache-2.0
#include "core/inflight.hpp"

namespace edgespan::core {
namespace {

constexpr std::uintptr_t empty = 0;
constexpr std::uintptr_t busy = 1;  // somebody copies the span in or out: a matter of nanoseconds

// How often a look-up that met a busy slot looks again before it believes that its key is not there.
constexpr int look_again_max = 64;

}  // namespace

void InflightTable::init(std::span<InflightBucket> buckets) noexcept {
  buckets_ = buckets;
  for (InflightBucket& bucket : buckets) {
    for (auto& key : bucket.keys) key.store(empty, std::memory_order_relaxed);
  }
}

InflightBucket& InflightTable::bucket(std::uintptr_t key, std::uint32_t choice) noexcept {
  // Heap addresses differ in their middle bits; two odd multipliers spread them in two ways.
  const auto low =
      static_cast<std::uint32_t>(key >> 4) ^ static_cast<std::uint32_t>(std::uint64_t{key} >> 32);
  const std::uint32_t hash = low * (choice == 0 ? 0x9E3779B1U : 0x85EBCA77U);
  return buckets_[static_cast<std::size_t>(std::uint64_t{hash ^ hash >> 15} * buckets_.size() >> 32)];
}

bool InflightTable::own(std::uintptr_t key, Place& place, bool& busy_seen) noexcept {
  for (std::uint32_t choice = 0; choice < 2; ++choice) {
    InflightBucket& candidate = bucket(key, choice);
    for (std::uint32_t slot = 0; slot < inflight_bucket_size; ++slot) {
      std::uintptr_t seen = candidate.keys[slot].load(std::memory_order_relaxed);
      busy_seen |= seen == busy;
      if (seen == key && candidate.keys[slot].compare_exchange_strong(seen, busy, std::memory_order_acquire,
                                                                      std::memory_order_relaxed)) {
        place = {&candidate, slot};
        return true;
      }
    }
  }
  return false;
}

InflightTable::Insert InflightTable::insert(const void* address, const InflightSpan& span,
                                            InflightSpan& old) noexcept {
  const auto key = reinterpret_cast<std::uintptr_t>(address);
  Insert result = Insert::stored;
  Place place;
  bool busy_seen = false;
  if (own(key, place, busy_seen)) {
    old = place.bucket->spans[place.slot];
    result = Insert::replaced;
  }
  for (std::uint32_t choice = 0; choice < 2 && place.bucket == nullptr; ++choice) {
    InflightBucket& candidate = bucket(key, choice);
    for (std::uint32_t slot = 0; slot < inflight_bucket_size; ++slot) {
      std::uintptr_t seen = candidate.keys[slot].load(std::memory_order_relaxed);
      if (seen == empty && candidate.keys[slot].compare_exchange_strong(seen, busy, std::memory_order_acquire,
                                                                        std::memory_order_relaxed)) {
        place = {&candidate, slot};
        break;
      }
    }
  }
  if (place.bucket == nullptr) return Insert::full;
  place.bucket->spans[place.slot] = span;
  place.bucket->start_s[place.slot].store(static_cast<std::uint32_t>(span.start_us / 1'000'000),
                                          std::memory_order_relaxed);
  place.bucket->keys[place.slot].store(key, std::memory_order_release);
  return result;
}

bool InflightTable::take(const void* address, InflightSpan& out) noexcept {
  const auto key = reinterpret_cast<std::uintptr_t>(address);
  for (int look = 0; look < look_again_max; ++look) {
    Place place;
    bool busy_seen = false;
    if (own(key, place, busy_seen)) {
      out = place.bucket->spans[place.slot];
      place.bucket->keys[place.slot].store(empty, std::memory_order_release);
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
      candidate.keys[slot].store(empty, std::memory_order_release);
      return true;
    }
  }
  return false;
}

}  // namespace edgespan::core
