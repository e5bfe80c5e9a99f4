// SPDX-License-Identifier: Apache-2.0
// For how long a message of a client may be in flight before its span expires.
#pragma once

#include <librdkafka/rdkafka.h>

#include <array>
#include <atomic>
#include <cstdint>

namespace edgespan::kafka_detail {

// The number of a client, for slots and deadlines; not 0. On 64 bits two clients that live at the same time
// have the same number only if they lie a multiple of 32 GiB apart.
inline std::uint32_t client_number(const rd_kafka_t* client) noexcept {
  const auto number = static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(client) / 8);
  return number != 0 ? number : 1;
}

// The clients with a deadline of their own, because their message.timeout.ms asks for a later one than
// KafkaConfig::inflight_deadline_s. Mostly there are none.
class ClientDeadlines {
 public:
  static constexpr std::uint32_t never = UINT32_MAX;

  // In seconds. `timeout_ms`: message.timeout.ms of a client; 0: its messages are never too old.
  static std::uint32_t of_timeout(std::uint32_t timeout_ms) noexcept;

  // Before the first message of the client; any thread. Clients beyond the number of entries share the latest
  // of their deadlines, for good, with all clients that have none of their own.
  void add(std::uint32_t client, std::uint32_t deadline_s) noexcept;
  // When no message of the client is in flight any more; any thread. Nothing if it was not added.
  void remove(std::uint32_t client) noexcept;

  // Any thread. `usual_s`: of a client that was not added.
  std::uint32_t of(std::uint32_t client, std::uint32_t usual_s) const noexcept;

 private:
  struct Entry {
    std::atomic<std::uint32_t> client{0};  // its number; 0: free
    std::atomic<std::uint32_t> deadline_s{0};
  };

  std::array<Entry, 4> entries_{};
  std::atomic<std::uint32_t> others_s_{0};  // of clients for which there was no entry
};

}  // namespace edgespan::kafka_detail
