// SPDX-License-Identifier: Apache-2.0
// Spans of messages on their way, found by the address under which librdkafka reports their end. A fixed
// table of slots in buckets. An address has one slot of its own; if that is taken it strays to another of the
// same bucket or of a second one, and its own slot counts it. So a look-up, a miss included, mostly reads one
// slot.
#pragma once

#include <cstdint>
#include <edgespan/storage.hpp>
#include <span>

namespace edgespan::core {

class InflightTable {
 public:
  // What insert() did. `replaced`: an older span stood under this address, whose end nobody reported; it is
  // in `old`.
  enum class Insert : std::uint8_t { stored, replaced, full };

  void init(std::span<InflightBucket> buckets) noexcept;

  // Fetches the slot of `key` into this core's cache for an insert() that is to come: its last message was
  // most likely taken out by another core.
  void expect(const void* key) const noexcept;

  // Any thread; lock-free. `key` is an address: neither 0 nor 1.
  Insert insert(const void* key, const InflightSpan& span, InflightSpan& old) noexcept;
  bool take(const void* key, InflightSpan& out) noexcept;

  // Takes one span that began at least `age_s` seconds before `now_us`; call again until it is false. One
  // thread.
  bool take_older(std::uint64_t now_us, std::uint32_t age_s, InflightSpan& out) noexcept;

 private:
  // An address, its own slot, and the bucket that this stands in.
  struct Place {
    std::uintptr_t key;
    InflightBucket* bucket;
    InflightSlot* own;
  };
  Place place_of(std::uintptr_t key) const noexcept;
  InflightBucket& second_bucket(std::uintptr_t key) const noexcept;
  InflightSlot* find(const Place& place, bool& busy_seen) const noexcept;
  Insert insert_slow(const Place& place, const InflightSpan& span, InflightSpan& old) noexcept;
  bool take_slow(const Place& place, InflightSpan& out) noexcept;

  std::span<InflightBucket> buckets_;
};

}  // namespace edgespan::core
