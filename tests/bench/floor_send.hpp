// SPDX-License-Identifier: Apache-2.0
// The floor of a traced send: what its two interceptors do, without the calls of the client.
#pragma once

#include <librdkafka/rdkafka.h>

#include "bench/floor_b3.hpp"
#include "bench/floor_span.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace edgespan::bench::floor {

inline constinit EDGESPAN_FLOOR_THREAD_LOCAL Context thread_scope{};

// A message is found again by its address; whoever has its slot may be any thread.
struct SendSlot {
  std::atomic<std::uintptr_t> message{0};  // 1: being written or read
  Open open;

  bool own(std::uintptr_t expected) noexcept {
    return message.load(std::memory_order_relaxed) == expected &&
           message.compare_exchange_strong(expected, 1, std::memory_order_acquire);
  }
  void release(std::uintptr_t key) noexcept { message.store(key, std::memory_order_release); }
};

// Two functions, as there are two interceptors: what the second knows it finds in memory. Whether the trace
// is new and sampled they find out.
struct SendTracing {
  Ring ring;
  std::array<SendSlot, 256> slots;
  std::uint64_t trace_bound = 0;            // the sampler keeps ids up to here
  std::size_t room_bytes = 1'000'000 - 51;  // beside the header; a larger message ends librdkafka's process
  std::atomic<void*> sender{nullptr};       // the opaque of messages that carry spans, which are not traced

  SendSlot& of(std::uintptr_t message) noexcept {
    constexpr auto factor = static_cast<std::uintptr_t>(0x9E3779B97F4A7C15U);
    return slots[(message >> 4) * factor >> (8 * sizeof factor - 8)];
  }
  bool carries_spans(const rd_kafka_message_t* message) const noexcept {
    void* const opaque = sender.load(std::memory_order_acquire);
    return opaque != nullptr && message->_private == opaque;
  }
  Context next(const Context& scope) const noexcept {
    const std::uint64_t id = random.next();
    if (scope.valid()) return {scope.trace_hi, scope.trace_lo, id, scope.span_id, scope.decision};
    return {random.next(), id, id, 0, id <= trace_bound ? Decision::accept : Decision::deny};
  }

  [[gnu::noinline]] void sent(const rd_kafka_message_t* message, char* text) noexcept {
    if (!switched_on.load(std::memory_order_relaxed) || carries_spans(message)) return;
    const Context ids = next(thread_scope);
    if (message->len + message->key_len <= room_bytes) write_short<Vector>(ids, text);
    const auto address = reinterpret_cast<std::uintptr_t>(message);
    SendSlot& slot = of(address);
    // A message that had this address before is gone.
    if (slot.message.load(std::memory_order_relaxed) == address) ended(message, {});
    if (!ids.sampled() || !slot.own(0)) return;
    copy(ids, slot.open.context);
    slot.open.start_us = now_us();
    slot.release(address);
  }
  [[gnu::noinline]] std::uint32_t ended(const rd_kafka_message_t* message,
                                        std::string_view topic_name) noexcept {
    if (carries_spans(message)) return 0;
    const auto address = reinterpret_cast<std::uintptr_t>(message);
    SendSlot& slot = of(address);
    if (!slot.own(address)) return 0;
    Open open;
    copy(slot.open.context, open.context);
    open.start_us = slot.open.start_us;
    slot.release(0);
    return record(ring, open.context, until_now(open.start_us),
                  {static_cast<const char*>(message->key), message->key_len}, topic_name);
  }
};

}  // namespace edgespan::bench::floor
