// SPDX-License-Identifier: Apache-2.0
// Floors of what the bench has no floor for: an idle step, and limits that are reached.
#pragma once

#include "bench/floor.hpp"
#include "bench/floor_span.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace edgespan::cost::floor {

using namespace bench::floor;

inline Ring ring_of_all{};

// A ring in which nothing waits.
inline Ring& fresh_ring() noexcept {
  ring_of_all.end = ring_of_all.read = 0;
  for (std::byte& place : ring_of_all.memory) place = std::byte{};
  return ring_of_all;
}

// What an idle step looks at: whether another one is at work, whether something was asked for (an end, a look
// at once) or this is a forked child, the time, what waits, and when there is house to keep.
struct House {
  Ring& ring;
  std::atomic<std::uint32_t> inside{0};
  std::atomic<std::uint32_t> asked_for{0};  // a bit for each
  std::uint64_t keep_at_us = UINT64_MAX;
  std::uint64_t offer_at_us = UINT64_MAX;
};
[[gnu::noinline]] inline std::uint64_t step(House& house) noexcept {
  std::uint32_t nobody = 0;
  if (!house.inside.compare_exchange_strong(nobody, 1, std::memory_order_acquire)) return 1'000;
  if (house.asked_for.load(std::memory_order_acquire) != 0) return 0;
  const std::uint64_t now = now_us();
  const bool waits =
      house.ring.end.load(std::memory_order_acquire) != house.ring.read.load(std::memory_order_relaxed);
  const std::uint64_t again_us = waits || now >= house.keep_at_us || now >= house.offer_at_us ? 0 : 1'000'000;
  house.inside.store(0, std::memory_order_release);
  return again_us;
}

// One counter that a drop is counted in. Threads share it: every loss is counted.
inline std::atomic<std::uint32_t> dropped{0};
inline void count_drop() noexcept {
#ifdef EDGESPAN_NO_THREADS
  dropped.store(dropped.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
#else
  dropped.fetch_add(1, std::memory_order_relaxed);
#endif
}

// The oldest record leaves a full ring. Who takes records out must be alone, and zeroes them
// (floor_drain.hpp).
inline std::atomic<std::uint32_t> taking{0};
inline void drop_oldest(Ring& ring) noexcept {
  std::uint32_t nobody = 0;
  if (!taking.compare_exchange_strong(nobody, 1, std::memory_order_acquire)) return;
  const std::uint32_t at = ring.read.load(std::memory_order_relaxed);
  auto* const header = reinterpret_cast<std::uint32_t*>(ring.memory + at % Ring::bytes);
  const std::uint32_t size = std::atomic_ref<std::uint32_t>{*header}.load(std::memory_order_acquire) & 0xFFFF;
  // No record begins where a claim went on to the ring's start.
  const std::uint32_t next = size != 0 ? at + Ring::step(size) : (at / Ring::bytes + 1) * Ring::bytes;
  std::memset(header, 0, size != 0 ? Ring::step(size) : sizeof *header);
  ring.read.store(next, std::memory_order_release);
  taking.store(0, std::memory_order_release);
}

// What the application has of a span: its ids, also for a span for which no slot was free, and the slot.
struct Handed {
  Context context;
  std::uint32_t slot = 0;  // from 1; 0: none
};

// Looks at each slot: which of them are free is known from themselves alone.
template <std::size_t Slots>
[[gnu::noinline]] Handed start_in(std::atomic<std::uint32_t> (&slots)[Slots],
                                  const Context& parent) noexcept {
  if (!switched_on.load(std::memory_order_relaxed) || !parent.valid()) return {};
  Handed span{{parent.trace_hi, parent.trace_lo, random.next(), parent.span_id, parent.decision}};
  if (!span.context.sampled()) return span;
  for (std::uint32_t i = 0; i < Slots; ++i) {
    std::uint32_t free = 0;
    if (slots[i].load(std::memory_order_relaxed) != free) continue;
    if (!slots[i].compare_exchange_strong(free, 1, std::memory_order_acquire)) continue;
    span.slot = i + 1;
    return span;
  }
  return span;
}

// The end of a span: one that has ids and no slot is a loss.
[[gnu::noinline]] inline void end_without_slot(const Handed& span) noexcept {
  if (span.slot == 0 && span.context.sampled()) count_drop();
}

}  // namespace edgespan::cost::floor
