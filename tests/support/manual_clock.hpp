// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <edgespan/port.h>

#ifdef __linux__
#include <linux/membarrier.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace edgespan::test {

// A clock that the test moves, for tests of the core that also run on boards. Its entropy is a plain count:
// other bytes at each call, the same bytes in every run.
class ManualClock {
 public:
  explicit ManualClock(std::uint64_t seed = 0) : random_{seed} {
    table_ = {.ctx = this,
              .mono_us = mono_us,
              .wall_us = wall_us,
              .entropy = entropy,
              .pause = pause,
              .listen_for_fork = nullptr,
              .fence_threads = fence_threads()};
  }
  ManualClock(const ManualClock&) = delete;
  ManualClock& operator=(const ManualClock&) = delete;

  const edgespan_clock& table() const { return table_; }
  void forbid_fence() { table_.fence_threads = nullptr; }  // as on a system that has none
  std::uint64_t now_us() const { return mono_us_; }
  void advance(std::uint64_t us) { mono_us_ += us; }
  void go_back(std::uint64_t us) { mono_us_ -= us; }  // to what another thread has read before
  void set_wall(std::uint64_t wall_us) {              // 0: the board does not know the date
    wall_known_ = wall_us != 0;
    wall_offset_us_ = wall_us - mono_us_;
  }
  void set_entropy(bool available) { entropy_ = available; }
  // Of either time, since the clock was made; of reads that threads make at once, some are not counted.
  std::uint32_t reads() const { return reads_.load(std::memory_order_relaxed); }

 private:
  static ManualClock& self(void* ctx) { return *static_cast<ManualClock*>(ctx); }
  static std::uint64_t mono_us(void* ctx) {
    self(ctx).count_read();
    return self(ctx).mono_us_;
  }
  static std::uint64_t wall_us(void* ctx) {
    self(ctx).count_read();
    return self(ctx).wall_known_ ? self(ctx).mono_us_ + self(ctx).wall_offset_us_ : 0;
  }
  static bool entropy(void* ctx, void* out, std::size_t n) {
    if (!self(ctx).entropy_) return false;
    auto* const bytes = static_cast<std::uint8_t*>(out);
    for (std::size_t i = 0; i < n; ++i) bytes[i] = static_cast<std::uint8_t>(self(ctx).random_++ * 37);
    return true;
  }
  static void pause(void* ctx, std::uint64_t us) { self(ctx).mono_us_ += us; }
  void count_read() { reads_.store(reads_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed); }
  // The system's, where there are threads.
  static void (*fence_threads())(void*) {
#ifdef __linux__
    const auto call = [](int command) { return syscall(SYS_membarrier, command, 0U, 0); };
    static const bool can_fence = call(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED) == 0;
    if (can_fence) return [](void*) { syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0U, 0); };
#endif
    return nullptr;
  }

  edgespan_clock table_{};
  std::uint64_t mono_us_ = 1;
  std::uint64_t wall_offset_us_ = 0;
  std::uint64_t random_;
  std::atomic<std::uint32_t> reads_{0};
  bool wall_known_ = false;
  bool entropy_ = true;
};

}  // namespace edgespan::test
