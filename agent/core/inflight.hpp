// SPDX-License-Identifier: Apache-2.0
// Spans of messages on their way, found by the address under which librdkafka reports their end. A fixed
// table of buckets; an address has two buckets it may stand in, so that a look-up, a miss included, reads two
// rows of keys.
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
  InflightBucket& bucket(std::uintptr_t key, std::uint32_t choice) noexcept;
  bool own(std::uintptr_t key, Place& place, bool& busy_seen) noexcept;

  std::span<InflightBucket> buckets_;
};

}  // namespace edgespan::core
