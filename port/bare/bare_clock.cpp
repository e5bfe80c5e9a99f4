// SPDX-License-Identifier: Apache-2.0
#include <edgespan/bare_clock.hpp>

#include <cstring>

namespace edgespan::bare {
namespace {

constexpr std::uint64_t us_per_s = 1'000'000;

Clock& clock(void* self) noexcept { return *static_cast<Clock*>(self); }

}  // namespace

// `high_` counts half rounds of the 32-bit counter, and is read before the counter. Its top bit equals that
// of the counter unless half a round has passed since it was written; then it is advanced. An interrupt that
// comes in between writes the same value, so no lock is needed.
std::uint64_t Clock::widened() noexcept {
  std::uint32_t high = high_.load(std::memory_order_acquire);
  const std::uint32_t low = ticks_(ctx_);
  if (((high ^ low) & 0x8000'0000U) != 0) {
    high = (high ^ 0x8000'0000U) + (high >> 31);
    high_.store(high, std::memory_order_release);
  }
  return std::uint64_t{high & 0x7FFF'FFFFU} << 32 | low;
}

std::uint64_t Clock::now_us() noexcept {
  const std::uint64_t ticks = widened();
  return 1 + ticks / ticks_per_s_ * us_per_s + ticks % ticks_per_s_ * us_per_s / ticks_per_s_;
}

std::uint64_t Clock::mono_us(void* self) noexcept { return clock(self).now_us(); }

// An offset has two words here, and an interrupt may set it between the two reads. The reader then sees that
// `wall_set_` has changed and reads again. The writer fills the other of two places, so a reader in an
// interrupt never waits for a writer that it has interrupted.
void Clock::set_wall(std::uint64_t wall_us) noexcept {
  const std::uint64_t offset_us = wall_us - now_us();
  std::uint32_t set = wall_set_.load(std::memory_order_relaxed) + 1;
  if (set == 0) set = 2;
  wall_offsets_[set % 2] = {static_cast<std::uint32_t>(offset_us),
                            static_cast<std::uint32_t>(offset_us >> 32)};
  wall_set_.store(set, std::memory_order_release);
}

std::uint64_t Clock::wall_us(void* self) noexcept {
  Clock& me = clock(self);
  for (;;) {
    const std::uint32_t set = me.wall_set_.load(std::memory_order_acquire);
    if (set == 0) return 0;
    const Offset offset = me.wall_offsets_[set % 2];
    std::atomic_signal_fence(std::memory_order_acquire);
    if (me.wall_set_.load(std::memory_order_acquire) == set)
      return me.now_us() + (std::uint64_t{offset.high} << 32 | offset.low);
  }
}

bool Clock::seed(std::span<const std::byte, seed_bytes> bytes) noexcept {
  if (seed_left_.load(std::memory_order_acquire) != 0) return false;
  std::memcpy(seed_.data(), bytes.data(), bytes.size());
  seed_left_.store(seed_bytes, std::memory_order_release);
  return true;
}

bool Clock::entropy(void* self, void* out, std::size_t n) noexcept {
  Clock& me = clock(self);
  std::uint32_t left = me.seed_left_.load(std::memory_order_acquire);
  do {
    if (left < n) return false;
  } while (!me.seed_left_.compare_exchange_weak(left, left - static_cast<std::uint32_t>(n)));
  std::byte* const given = &me.seed_[left - n];
  std::memcpy(out, given, n);
  std::memset(given, 0, n);
  return true;
}

void Clock::pause(void* self, std::uint64_t us) noexcept {
  const std::uint64_t began_us = mono_us(self);
  while (mono_us(self) - began_us < us) {
  }
}

}  // namespace edgespan::bare
