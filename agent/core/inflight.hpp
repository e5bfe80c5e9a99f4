// SPDX-License-Identifier: Apache-2.0
// Spans of messages on their way, found by the address under which librdkafka reports their end. A fixed
// table of slots in buckets. An address has one slot of its own; if that is taken it strays to another of the
// same bucket or of a second one, and its own slot counts it. So a look-up, a miss included, mostly reads one
// slot.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <edgespan/storage.hpp>
#include <span>

namespace edgespan::core {

class InflightTable {
 public:
  // What insert() did. `replaced`: an older span stood under this address, whose end nobody reported; `span`
  // is that one now.
  enum class Insert : std::uint8_t { stored, replaced, full };

  // Stands for a key while somebody copies the span in or out, a matter of nanoseconds.
  static constexpr std::uintptr_t busy = 1;

  void init(std::span<InflightBucket> buckets) noexcept;

  // Fetches the slot of `key` into this core's cache for an insert() that is to come: its last message was
  // most likely taken out by another core.
  void expect(const void* key) const noexcept;

  // Any thread; lock-free. `key` is an address: neither 0 nor 1.
  Insert insert(const void* key, InflightSpan& span) noexcept;
  bool take(const void* key, InflightSpan& out) noexcept;
  // False: take() will find nothing.
  bool may_hold(const void* key) const noexcept {
    return may_hold(place_of(reinterpret_cast<std::uintptr_t>(key)));
  }

  // Takes one span that began at least `age_s` seconds before `now_us`; call again until it is false. One
  // thread.
  bool take_older(std::uint64_t now_us, std::uint32_t age_s, InflightSpan& out) noexcept;

 private:
  // An address, its own slot, and the bucket that this stands in.
  struct Place {
    std::uintptr_t key;
    InflightBucket* bucket;
    std::size_t first;  // the number of its own slot in there
    InflightSlot* own;
  };
  static bool may_hold(const Place& place) noexcept {
    const std::uintptr_t seen = place.own->key.load(std::memory_order_relaxed);
    return seen == place.key || seen == busy || place.own->strays.load(std::memory_order_acquire) != 0;
  }

  // Heap addresses differ in their middle bits; odd multipliers spread them, each in a way of its own.
  static std::size_t spread(std::uintptr_t key, std::uint32_t multiplier, std::size_t size) noexcept {
    const auto low =
        static_cast<std::uint32_t>(key >> 4) ^ static_cast<std::uint32_t>(std::uint64_t{key} >> 32);
    const std::uint32_t hash = low * multiplier;
    return static_cast<std::size_t>(std::uint64_t{hash ^ hash >> 15} * size >> 32);
  }
  Place place_of(std::uintptr_t key) const noexcept {
    const std::size_t at = spread(key, 0x9E3779B1U, buckets_.size() * inflight_bucket_size);
    InflightBucket& bucket = buckets_[at / inflight_bucket_size];
    const std::size_t first = at % inflight_bucket_size;
    return {key, &bucket, first, &bucket.slots[first]};
  }
  InflightBucket& second_bucket(std::uintptr_t key) const noexcept;
  InflightSlot* find(const Place& place, bool& busy_seen) const noexcept;
  Insert insert_slow(const Place& place, InflightSpan& span) noexcept;
  bool take_slow(const Place& place, InflightSpan& out) noexcept;

  std::span<InflightBucket> buckets_;
};

}  // namespace edgespan::core
