// SPDX-License-Identifier: Apache-2.0
#include "kafka/client_deadlines.hpp"

#include <algorithm>

#include "core/assert.hpp"

namespace edgespan::kafka_detail {
namespace {

// librdkafka looks for messages that are too old between its tries to connect, so they end seconds late (up
// to 8 were measured with the usual pauses between tries).
constexpr std::uint32_t late_s = 30;

}  // namespace

std::uint32_t ClientDeadlines::of_timeout(std::uint32_t timeout_ms) noexcept {
  return timeout_ms == 0 ? never : timeout_ms / 1'000 + (timeout_ms % 1'000 != 0 ? 1 : 0) + late_s;
}

void ClientDeadlines::add(std::uint32_t client, std::uint32_t deadline_s) noexcept {
  EDGESPAN_ASSERT(client != 0 && deadline_s != 0);
  for (Entry& entry : entries_) {
    std::uint32_t free = 0;
    if (!entry.client.compare_exchange_strong(free, client, std::memory_order_relaxed)) continue;
    entry.deadline_s.store(deadline_s, std::memory_order_relaxed);
    return;
  }
  std::uint32_t latest = others_s_.load(std::memory_order_relaxed);
  while (latest < deadline_s &&
         !others_s_.compare_exchange_weak(latest, deadline_s, std::memory_order_relaxed)) {
  }
}

void ClientDeadlines::remove(std::uint32_t client) noexcept {
  EDGESPAN_ASSERT(client != 0);
  for (Entry& entry : entries_) {
    if (entry.client.load(std::memory_order_relaxed) == client) {
      entry.client.store(0, std::memory_order_relaxed);
    }
  }
}

std::uint32_t ClientDeadlines::of(std::uint32_t client, std::uint32_t usual_s) const noexcept {
  for (const Entry& entry : entries_) {
    if (entry.client.load(std::memory_order_relaxed) == client) {
      return entry.deadline_s.load(std::memory_order_relaxed);
    }
  }
  return std::max(usual_s, others_s_.load(std::memory_order_relaxed));
}

}  // namespace edgespan::kafka_detail
