// SPDX-License-Identifier: Apache-2.0
// Floors of what the bench has no floor for: an idle step, and limits that are reached.
#pragma once

#include "bench/floor.hpp"
#include "bench/floor_span.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace edgespan::cost::floor {

using namespace bench::floor;

inline Ring ring_of_all{};

// A ring in which nothing waits.
inline Ring& fresh_ring() noexcept {
  ring_of_all.end = ring_of_all.read = 0;
  for (std::byte& place : ring_of_all.memory) place = std::byte{};
  return ring_of_all;
}

// What an idle step looks at: whether another one is at work, the time, what waits, and when there is house
// to keep.
struct House {
  Ring& ring;
  std::atomic<std::uint32_t> inside{0};
  std::uint64_t keep_at_us = UINT64_MAX;
  std::uint64_t offer_at_us = UINT64_MAX;
};
[[gnu::noinline]] inline std::uint64_t step(House& house) noexcept {
  std::uint32_t nobody = 0;
  if (!house.inside.compare_exchange_strong(nobody, 1, std::memory_order_acquire)) return 1'000;
  const std::uint64_t now = now_us();
  const bool waits =
      house.ring.end.load(std::memory_order_acquire) != house.ring.read.load(std::memory_order_relaxed);
  const std::uint64_t again_us = waits || now >= house.keep_at_us || now >= house.offer_at_us ? 0 : 1'000'000;
  house.inside.store(0, std::memory_order_release);
  return again_us;
}

// One counter that a drop is counted in.
inline std::atomic<std::uint32_t> dropped{0};
inline void count_drop() noexcept {
  dropped.store(dropped.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
}

// The oldest record leaves a full ring.
inline void drop_oldest(Ring& ring) noexcept {
  const std::uint32_t at = ring.read.load(std::memory_order_relaxed);
  auto* const header = reinterpret_cast<std::uint32_t*>(ring.memory + at % Ring::bytes);
  const std::uint32_t size = std::atomic_ref<std::uint32_t>{*header}.load(std::memory_order_acquire) & 0xFFFF;
  // No record begins where a claim went on to the ring's start.
  const std::uint32_t next = size != 0 ? at + Ring::step(size) : (at / Ring::bytes + 1) * Ring::bytes;
  std::atomic_ref<std::uint32_t>{*header}.store(0, std::memory_order_relaxed);
  ring.read.store(next, std::memory_order_release);
}

// A span for which there is no slot has its ids all the same.
[[gnu::noinline]] inline Context start_without_slot(const Context& parent, std::uint32_t open,
                                                    std::uint32_t most) noexcept {
  if (open == most) count_drop();
  return {parent.trace_hi, parent.trace_lo, random.next(), parent.span_id, parent.decision};
}

}  // namespace edgespan::cost::floor
