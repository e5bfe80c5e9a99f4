// SPDX-License-Identifier: Apache-2.0
#include "kafka/refusals.hpp"

#include <algorithm>
#include <cstring>

#include "core/assert.hpp"
#include "core/utf8.hpp"

namespace edgespan::kafka_detail {
namespace {

constexpr std::uint64_t us_per_s = 1'000'000;
constexpr std::size_t last_slot = Refusals::slot_count - 1;

// The word of a slot: 2 bits of phase, 20 of count, 10 of generation. With the generation a count cannot land
// in a slot that was freed and opened for another pair meanwhile.
enum Phase : std::uint32_t { free_slot, filling, open_slot, closed };
constexpr std::uint32_t phase_mask = 3;
constexpr std::uint32_t one_refusal = 1U << 2;
constexpr std::uint32_t one_generation = 1U << 22;
constexpr std::uint32_t count_max = one_generation / one_refusal - 1;
constexpr std::uint32_t count_of(std::uint32_t word) noexcept { return word % one_generation / one_refusal; }
constexpr bool is_in(std::uint32_t word, Phase phase) noexcept { return (word & phase_mask) == phase; }

// As FNV-1a, of four bytes at a time. Two pairs with one hash would share a slot, which tells the topic of
// the first.
EDGESPAN_INLINE std::uint32_t hash(std::string_view topic, rd_kafka_resp_err_t error) noexcept {
  constexpr std::uint32_t factor = 0x9E3779B1;
  std::uint32_t sum = static_cast<std::uint32_t>(error) + static_cast<std::uint32_t>(topic.size()) * factor;
  const auto mix = [&](std::uint32_t word) {
    sum = (sum ^ word) * factor;
    sum ^= sum >> 15;  // a product carries upwards only
  };
  std::size_t at = 0;
  for (; at + sizeof(std::uint32_t) <= topic.size(); at += sizeof(std::uint32_t)) {
    std::uint32_t word = 0;
    std::memcpy(&word, topic.data() + at, sizeof word);
    mix(word);
  }
  for (; at < topic.size(); ++at) mix(static_cast<std::uint8_t>(topic[at]));
  return sum;
}

constexpr std::uint32_t every_pair = 0;  // of the last slot; looked at there only

EDGESPAN_INLINE bool count_in(RefusalSlot& slot, std::uint32_t pair) noexcept {
  std::uint32_t word = slot.word.load(std::memory_order_acquire);
  while (is_in(word, open_slot) && slot.pair.load(std::memory_order_relaxed) == pair &&
         count_of(word) < count_max) {
    if (slot.word.compare_exchange_weak(word, word + one_refusal, std::memory_order_acquire)) {
      return true;
    }
  }
  return false;
}

bool is_free(const RefusalSlot& slot) noexcept {
  return is_in(slot.word.load(std::memory_order_relaxed), free_slot);
}

bool fill(RefusalSlot& slot, std::uint32_t pair, std::string_view topic, rd_kafka_resp_err_t error,
          const InflightSpan& span) noexcept {
  std::uint32_t word = slot.word.load(std::memory_order_relaxed);
  if (!is_in(word, free_slot) ||
      !slot.word.compare_exchange_strong(word, word + filling, std::memory_order_acquire,
                                         std::memory_order_relaxed)) {
    return false;
  }
  EDGESPAN_ASSERT(count_of(word) == 0);
  slot.pair.store(pair, std::memory_order_relaxed);
  slot.opened_s.store(static_cast<std::uint32_t>(span.start_us / us_per_s), std::memory_order_relaxed);
  slot.error = error;
  slot.span = span;
  const std::string_view kept = detail::cut_utf8(topic, slot_topic_bytes_max);
  slot.topic_size = static_cast<std::uint8_t>(kept.size());
  std::copy_n(kept.begin(), kept.size(), slot.topic.begin());
  slot.word.store(word + one_refusal + open_slot, std::memory_order_release);
  return true;
}

}  // namespace

bool Refusals::claim_alone() noexcept {
  std::uint32_t count = alone_.load(std::memory_order_relaxed);
  do {
    EDGESPAN_ASSERT(count <= alone_max);
    if (count == alone_max) return false;
  } while (!alone_.compare_exchange_weak(count, count + 1, std::memory_order_relaxed));
  return true;
}

void Refusals::begin_interval(std::uint64_t now_us) noexcept {
  const auto now_s = static_cast<std::uint32_t>(now_us / us_per_s);
  if (now_s - interval_since_s_ < interval_s) return;
  interval_since_s_ = now_s;
  alone_.store(0, std::memory_order_relaxed);
}

bool Refusals::add(std::string_view topic, rd_kafka_resp_err_t error) noexcept {
  const std::uint32_t pair = hash(topic, error);
  bool any_free = false;
  for (std::size_t i = 0; i < last_slot; ++i) {
    if (count_in(slots_[i], pair)) return true;
    any_free = any_free || is_free(slots_[i]);
  }
  return !any_free && count_in(slots_[last_slot], every_pair);
}

bool Refusals::open(std::string_view topic, rd_kafka_resp_err_t error, const InflightSpan& span) noexcept {
  EDGESPAN_ASSERT(error != RD_KAFKA_RESP_ERR_NO_ERROR && span.context.sampled());
  const std::uint32_t pair = hash(topic, error);
  for (std::size_t i = 0; i < last_slot; ++i) {
    if (fill(slots_[i], pair, topic, error, span)) return true;
  }
  return fill(slots_[last_slot], every_pair, {}, RD_KAFKA_RESP_ERR_NO_ERROR, span);
}

std::uint32_t Refusals::close(RefusalSlot& slot, std::uint64_t now_us, bool all) noexcept {
  std::uint32_t word = slot.word.load(std::memory_order_acquire);
  const auto now_s = static_cast<std::uint32_t>(now_us / us_per_s);
  while (is_in(word, open_slot) &&
         (all || now_s - slot.opened_s.load(std::memory_order_relaxed) >= interval_s)) {
    if (slot.word.compare_exchange_weak(word, word - open_slot + closed, std::memory_order_acquire)) {
      EDGESPAN_ASSERT(count_of(word) != 0);
      return count_of(word);
    }
  }
  return 0;
}

void Refusals::release(RefusalSlot& slot) noexcept {
  const std::uint32_t word = slot.word.load(std::memory_order_relaxed);
  EDGESPAN_ASSERT(is_in(word, closed));  // and nobody else writes to it
  slot.word.store(word / one_generation * one_generation + one_generation, std::memory_order_release);
}

}  // namespace edgespan::kafka_detail
