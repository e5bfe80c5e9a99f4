// SPDX-License-Identifier: Apache-2.0
// The clock of boards without an operating system, for a main loop and interrupts. The board hands in its
// counter; nothing here knows a device, so a host can test it.
#pragma once

#include <edgespan/port.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>

namespace edgespan::bare {

inline constexpr std::size_t seed_bytes = 64;

// A clock over a tick counter of the board. Neither copied nor moved, since its table points to it. For
// static storage.
class Clock {
 public:
  // `ticks` reads a counter that goes up by `ticks_per_s` (1 or more) a second and wraps at 2^32; it may be
  // called from interrupts. The clock must be read at least once in 2^31 ticks, which Reporter::step does.
  constexpr Clock(std::uint32_t (*ticks)(void* ctx), void* ctx, std::uint32_t ticks_per_s) noexcept
      : ticks_{ticks}, ctx_{ctx}, ticks_per_s_{ticks_per_s} {
    table_ = {.ctx = this,
              .mono_us = mono_us,
              .wall_us = wall_us,
              .entropy = entropy,
              .pause = pause,
              .listen_for_fork = nullptr,
              .fence_threads = nullptr};
  }
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;

  constexpr const edgespan_clock& table() const noexcept { return table_; }

  // Microseconds since start, from 1 on. Main loop and interrupts.
  std::uint64_t now_us() noexcept;

  // Tells the date: `wall_us` microseconds since 1970 is now. May be called again with a better value. One
  // caller at a time; it may be an interrupt.
  void set_wall(std::uint64_t wall_us) noexcept;

  // Gives the clock entropy of cryptographic quality from the board's own source: a random number generator
  // that has passed its tests, or a seed that was written at manufacture and is never used twice. Each byte
  // is handed out once. Before the first seed, and when the bytes are used up, `entropy` returns false.
  // Returns false, and takes nothing, while bytes of the last seed are left. Main loop only.
  bool seed(std::span<const std::byte, seed_bytes> bytes) noexcept;

 private:
  static std::uint64_t mono_us(void* self) noexcept;
  static std::uint64_t wall_us(void* self) noexcept;
  static bool entropy(void* self, void* out, std::size_t n) noexcept;
  static void pause(void* self, std::uint64_t us) noexcept;
  std::uint64_t widened() noexcept;

  struct Offset {
    std::uint32_t low = 0, high = 0;
  };

  edgespan_clock table_{};
  std::uint32_t (*ticks_)(void* ctx);
  void* ctx_;
  std::uint32_t ticks_per_s_;
  std::atomic<std::uint32_t> high_{0};  // the ticks' upper half; its top bit follows that of the lower half
  std::atomic<std::uint32_t> wall_set_{0};  // how often; 0: the date is not known
  std::array<Offset, 2> wall_offsets_{};    // the one that holds, and the one that is written next
  std::atomic<std::uint32_t> seed_left_{0};
  std::array<std::byte, seed_bytes> seed_{};
};

}  // namespace edgespan::bare
