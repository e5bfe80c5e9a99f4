// SPDX-License-Identifier: Apache-2.0
// The floor of a drain: from the ring into a batch.
#pragma once

#include "bench/floor.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace edgespan::bench::floor {

// A copy and a true time for each that was committed, as long as they fit. What was read is zeroed, all of
// it: the next record may begin anywhere in it, and old bytes must not pass for its size.
[[gnu::noinline]] inline std::size_t drain_ring(Ring& ring, std::span<std::byte> batch) noexcept {
  const std::uint64_t offset_us = now_us();
  std::uint32_t at = ring.read.load(std::memory_order_relaxed);
  std::byte* in = ring.memory + at % Ring::bytes;
  std::size_t used = 0;
  while (true) {
    std::atomic_ref<std::uint32_t> header{*reinterpret_cast<std::uint32_t*>(in)};
    const std::uint32_t seen = header.load(std::memory_order_acquire);
    const std::uint32_t size = seen & 0xFFFF;
    if (size == 0 || size > batch.size() - used) break;
    std::byte* const out = &batch[used];
    std::memcpy(out, in + 4, size);
    std::uint64_t start_us;
    std::memcpy(&start_us, out + (seen >> 16), 8);
    start_us += offset_us;
    std::memcpy(out + (seen >> 16), &start_us, 8);
    std::memset(in, 0, Ring::step(size));
    in += Ring::step(size);
    at += Ring::step(size);
    used += size;
  }
  ring.read.store(at, std::memory_order_release);
  return used;
}

}  // namespace edgespan::bench::floor
