// SPDX-License-Identifier: Apache-2.0
// Floors of sends that meet a limit.
#pragma once

#include <librdkafka/rdkafka.h>

#include "bench/floor_send.hpp"
#include "cost/floor_core.hpp"

#include <atomic>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace edgespan::cost::floor {

// What a span tells of a message: its topic, which the client has as a text of C, and a key that people can
// read.
inline std::string_view topic_of(const rd_kafka_message_t* message) noexcept {
  const char* const name = rd_kafka_topic_name(message->rkt);
  return {name, std::strlen(name)};
}
inline std::string_view readable_key(const rd_kafka_message_t* message) noexcept {
  const std::string_view key{static_cast<const char*>(message->key), message->key_len};
  std::uintptr_t bad = 0;
  for (const char c : key) bad |= static_cast<unsigned>(c < 0x20) | static_cast<unsigned>(c == 0x7F);
  return bad == 0 ? key : std::string_view{};
}

// The end of a message. `at_us`: when the response came that it is about; 0: nobody has read the clock yet.
[[gnu::noinline]] inline std::uint32_t ended(SendTracing& tracing, const rd_kafka_message_t* message,
                                             std::uint64_t& at_us) noexcept {
  const auto address = reinterpret_cast<std::uintptr_t>(message);
  SendSlot& slot = tracing.of(address);
  if (!slot.own(address)) return 0;
  Open open;
  copy(slot.open.context, open.context);
  open.start_us = slot.open.start_us;
  slot.release(0);
  if (at_us == 0) at_us = now_us();
  const std::string_view key = readable_key(message);
  return record(tracing.ring, open.context, {open.start_us, at_us - open.start_us + 1}, key,
                topic_of(message));
}

// A message that finds its place in the table taken: its span ends at once.
[[gnu::noinline]] inline std::uint32_t sent_unheld(SendTracing& tracing, const rd_kafka_message_t* message,
                                                   char* text, std::string_view topic) noexcept {
  const Context ids = tracing.next(thread_scope);
  write_short<Vector>(ids, text);
  if (!ids.sampled() || tracing.of(reinterpret_cast<std::uintptr_t>(message)).own(0)) return 0;
  count_drop();
  return record(tracing.ring, ids, {now_us(), 1}, {static_cast<const char*>(message->key), message->key_len},
                topic);
}

// A refusal like others before it: one more of this topic and this error.
struct Refused {
  std::string_view topic;
  rd_kafka_resp_err_t error;
  std::atomic<std::uint32_t> count{0};
};
[[gnu::noinline]] inline bool refused(Refused& known, std::string_view topic,
                                      rd_kafka_resp_err_t error) noexcept {
  count_drop();
  if (known.error != error || known.topic.size() != topic.size() ||
      std::memcmp(known.topic.data(), topic.data(), topic.size()) != 0) {
    return false;
  }
  known.count.fetch_add(1, std::memory_order_relaxed);
  return true;
}

}  // namespace edgespan::cost::floor
