// SPDX-License-Identifier: Apache-2.0
// Which refused sends have a span of their own, and which one span stands for. An application that tries
// again in a loop would fill the ring with its refusals; their spans are bounded here, their number is not
// lost.
#pragma once

#include <librdkafka/rdkafka.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "kafka/inflight_table.hpp"

namespace edgespan::kafka_detail {

// Of a longer topic a slot keeps the beginning: the slots are a part of every agent, and such topics are
// rare.
inline constexpr std::size_t slot_topic_bytes_max = 63;

// The refusals of one topic with one error since the slot was opened.
struct RefusalSlot {
  std::atomic<std::uint32_t> word{0};                      // phase, count and generation
  std::atomic<std::uint32_t> pair{0};                      // hash of topic and error
  std::atomic<std::uint32_t> opened_s{0};                  // when it was opened, in seconds
  rd_kafka_resp_err_t error = RD_KAFKA_RESP_ERR_NO_ERROR;  // this and the next three: of the first refusal
  InflightSpan span{};
  std::uint8_t topic_size = 0;
  std::array<char, slot_topic_bytes_max> topic{};
};
static_assert(sizeof(RefusalSlot) == 128);

// All calls but one: any thread. Nobody waits: a slot that another thread is filling or emptying is passed
// over. None of them reads a clock, so that a refusal that is counted only costs no more than its count.
class Refusals {
 public:
  static constexpr std::uint32_t interval_s = 10;
  static constexpr std::uint32_t alone_max = 8;  // refusals with a span of their own an interval
  static constexpr std::size_t slot_count = 4;

  // Whether a refusal may have a span of its own; claim_alone() settles it.
  bool may_be_alone() const noexcept { return alone_.load(std::memory_order_relaxed) < alone_max; }
  bool claim_alone() noexcept;
  // Nobody was alone yet in a new interval, which begins if the last one has lasted long enough. One thread
  // at a time: the sweep, which holds the HouseLock.
  void begin_interval(std::uint64_t now_us) noexcept;

  // Counts a refusal in the slot of its topic and error, or in the last slot, which takes every pair, if all
  // others are taken. False: there is none to count it in; open one.
  bool add(std::string_view topic, rd_kafka_resp_err_t error) noexcept;
  // Opens a slot with this refusal as its first. `span`, sampled, will stand for all of them. False: no slot
  // is free.
  bool open(std::string_view topic, rd_kafka_resp_err_t error, const InflightSpan& span) noexcept;

  // Closes a slot that has been open for an interval, or, with `all`, any that is open, and returns how many
  // refusals it counted. 0: it stays as it is. Else the caller reads the slot and then releases it.
  static std::uint32_t close(RefusalSlot& slot, std::uint64_t now_us, bool all) noexcept;
  static void release(RefusalSlot& slot) noexcept;

  std::array<RefusalSlot, slot_count>& slots() noexcept { return slots_; }

 private:
  std::atomic<std::uint32_t> alone_{0};  // how many were alone in this interval
  std::uint32_t interval_since_s_ = 0;
  std::array<RefusalSlot, slot_count> slots_{};
};

}  // namespace edgespan::kafka_detail
