// SPDX-License-Identifier: Apache-2.0
// Spans of messages on their way, found by the address under which librdkafka reports their end. A fixed
// table of buckets. An address stands in its first bucket or, if that was full, in its second, and the first one
// counts those: a look-up, a miss included, mostly reads one row of keys.
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

  // Any thread; lock-free. `key` is an address: neither 0 nor 1.
  Insert insert(const void* key, const InflightSpan& span, InflightSpan& old) noexcept;
  bool take(const void* key, InflightSpan& out) noexcept;

  // Takes one span that began at least `age_s` seconds before `now_us`; call again until it is false. One
  // thread.
  bool take_older(std::uint64_t now_us, std::uint32_t age_s, InflightSpan& out) noexcept;

 private:
  struct Place {
    InflightBucket* bucket = nullptr;
    std::uint32_t slot = 0;
  };
  // The two buckets of an address; null: they are one.
  struct Choice {
    InflightBucket* first = nullptr;
    InflightBucket* second = nullptr;
  };
  Choice buckets_of(std::uintptr_t key) noexcept;
  bool own(std::uintptr_t key, const Choice& choice, Place& place, bool& busy_seen) noexcept;
  void release(const Place& place, const Choice& choice) noexcept;

  std::span<InflightBucket> buckets_;
};

}  // namespace edgespan::core
