// SPDX-License-Identifier: Apache-2.0
// The monotonic time made of the kernel's coarse clock. That one stands still while the board is suspended;
// how long it was is looked up now and then.
#pragma once

#include <atomic>
#include <cstdint>

namespace edgespan::posix {

class TickTime {
 public:
  // How often, in time that the board is awake, the exact clocks are read: so late a suspension may be seen.
  static constexpr std::uint64_t look_every_us = 1'000'000;

  // `awake_us`: the coarse clock. `boot_us()` and `mono_us()` read the exact clocks with and without the time
  // that the board was suspended. Any thread; never goes back as long as `awake_us` does not.
  template <typename Boot, typename Mono>
  std::uint64_t now_us(std::uint64_t awake_us, Boot boot_us, Mono mono_us) noexcept {
    std::uint64_t looked_us = looked_us_.load(std::memory_order_relaxed);
    // One thread looks; it was told by a later time than the last one that looked.
    if (awake_us >= looked_us && awake_us - looked_us >= look_every_us &&
        looked_us_.compare_exchange_strong(looked_us, awake_us, std::memory_order_relaxed)) {
      // In this order the difference is never too large: what lies between the two reads shortens it.
      const std::uint64_t boot = boot_us();
      const std::uint64_t mono = mono_us();
      if (boot > mono) raise_asleep(boot - mono);
    }
    return awake_us + asleep_us_.load(std::memory_order_acquire);
  }

 private:
  void raise_asleep(std::uint64_t us) noexcept {
    std::uint64_t known_us = asleep_us_.load(std::memory_order_relaxed);
    while (known_us < us && !asleep_us_.compare_exchange_weak(known_us, us, std::memory_order_release,
                                                              std::memory_order_relaxed)) {
    }
  }

  std::atomic<std::uint64_t> looked_us_{0};
  std::atomic<std::uint64_t> asleep_us_{0};
};

}  // namespace edgespan::posix
