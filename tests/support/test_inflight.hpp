// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kafka/inflight_table.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace edgespan::test {

// A table of messages in flight with its memory, and addresses to find them by.
template <std::size_t Buckets>
struct Table {
  std::array<InflightBucket, Buckets> buckets;
  kafka_detail::InflightTable table;
  kafka_detail::InflightSpan old{};  // where put() replaced one
  Table() { table.init(buckets); }
  static constexpr auto base = static_cast<std::uintptr_t>(0x7f0000001000);  // as a heap has them
  static const void* key(std::uintptr_t i) { return reinterpret_cast<const void*>(base + i * 176); }
  kafka_detail::InflightTable::Insert put(std::uintptr_t i, std::uint64_t start_us = 5'000'000) {
    old = {{0, i, i, 0, Decision::accept}, start_us};
    return table.insert(key(i), old);
  }
};

}  // namespace edgespan::test
