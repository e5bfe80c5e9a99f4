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
  kafka_detail::InflightTable::Insert put(std::uintptr_t i, std::uint64_t start_us = 5'000'000,
                                          std::uint32_t client = 1) {
    old = {{0, i, i, 0, Decision::accept}, start_us};
    return table.insert(key(i), client, old);
  }
  // Takes one span that began in this second or before.
  bool take_from(std::uint32_t second, kafka_detail::InflightSpan& out) {
    const auto began = [](const void* rule, std::uint32_t start, std::uint32_t) {
      return start <= *static_cast<const std::uint32_t*>(rule);
    };
    const std::uint32_t last = kafka_detail::InflightTable::start_unit((second + 1ULL) * 1'000'000 - 1);
    return kafka_detail::InflightTable::Sweep{table, began, &last}.next(out);
  }
  // The same for a span of a client.
  bool take_of(std::uint32_t client, kafka_detail::InflightSpan& out) {
    const auto of = [](const void* rule, std::uint32_t, std::uint32_t its) {
      return its == *static_cast<const std::uint32_t*>(rule);
    };
    return kafka_detail::InflightTable::Sweep{table, of, &client}.next(out);
  }
};

}  // namespace edgespan::test
