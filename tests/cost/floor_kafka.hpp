// SPDX-License-Identifier: Apache-2.0
// Floors of sends that meet a limit.
#pragma once

#include <librdkafka/rdkafka.h>

#include "bench/floor_send.hpp"
#include "cost/floor_core.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace edgespan::cost::floor {

// What a span tells of a message: its topic, which the client has as a text of C, if it is UTF-8 (the floor
// reads ASCII alone), and a key that people can read.
inline std::string_view topic_of(const rd_kafka_message_t* message) noexcept {
  const std::string_view name{rd_kafka_topic_name(message->rkt)};
  unsigned high = 0;
  for (const char c : name) high |= static_cast<unsigned char>(c);
  return high < 0x80 ? name : std::string_view{};
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
  if (tracing.carries_spans(message)) return 0;
  const auto address = reinterpret_cast<std::uintptr_t>(message);
  SendSlot& slot = tracing.of(address);
  if (!slot.own(address)) return 0;
  Open open;
  copy(slot.open.context, open.context);
  open.start_us = slot.open.start_us;
  slot.release(0);
  if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) return 0;  // its span has one more tag
  if (at_us == 0) at_us = now_us();
  const std::string_view key = readable_key(message);
  return record(tracing.ring, open.context, {open.start_us, at_us - open.start_us + 1}, key,
                topic_of(message));
}

// So many slots may hold a message (KafkaLimits::inflight_max): all are looked at before it goes without.
inline constexpr std::size_t slots_of_message = 16;
[[gnu::noinline]] inline SendSlot* find_slot(SendTracing& tracing, std::uintptr_t address) noexcept {
  const auto own = static_cast<std::size_t>(&tracing.of(address) - tracing.slots.data());
  SendSlot* const first = &tracing.slots[own / slots_of_message * slots_of_message];
  for (SendSlot* slot = first; slot != first + slots_of_message; ++slot) {
    if (slot->own(0)) return slot;
  }
  return nullptr;
}

// A message that finds all its slots taken: its span ends at once.
[[gnu::noinline]] inline std::uint32_t sent_unheld(SendTracing& tracing, const rd_kafka_message_t* message,
                                                   char* text, std::string_view topic) noexcept {
  if (!switched_on.load(std::memory_order_relaxed) || tracing.carries_spans(message)) return 0;
  const Context ids = tracing.next(thread_scope);
  write_short<Vector>(ids, text);
  if (!ids.sampled() || find_slot(tracing, reinterpret_cast<std::uintptr_t>(message)) != nullptr) return 0;
  count_drop();
  return record(tracing.ring, ids, {now_us(), 1}, {static_cast<const char*>(message->key), message->key_len},
                topic);
}

// Whether the call has come as far as the first interceptor: the span of such a message has begun, and is not
// refused.
inline constinit EDGESPAN_FLOOR_THREAD_LOCAL bool reached_interceptor = false;

// A refusal like others before it: one more of this topic and this error. A trace that is not sampled tells
// none.
struct Refused {
  std::string_view topic;
  rd_kafka_resp_err_t error;
  std::atomic<std::uint32_t> count{0};
};
[[gnu::noinline]] inline bool refused(Refused& known, std::string_view topic,
                                      rd_kafka_resp_err_t error) noexcept {
  if (!switched_on.load(std::memory_order_relaxed)) return false;
  count_drop();
  if (thread_scope.decision == Decision::deny || known.error != error || known.topic.size() != topic.size() ||
      std::memcmp(known.topic.data(), topic.data(), topic.size()) != 0) {
    return false;
  }
  known.count.fetch_add(1, std::memory_order_relaxed);
  return true;
}

}  // namespace edgespan::cost::floor
