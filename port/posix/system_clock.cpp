// SPDX-License-Identifier: Apache-2.0
#include "wide_files.hpp"

#include "system_clock.hpp"

#include "clock_reading.hpp"
#include "fork_listeners.hpp"
#include "no_cancellation.hpp"
#include "without_interruption.hpp"

#include <linux/membarrier.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace edgespan::posix {
namespace {

// CLOCK_BOOTTIME and not CLOCK_MONOTONIC: the latter stands still while the board is suspended, and
// deadlines, back-off and durations would all be short by the time slept. Flattened: small code would have
// the read in a function of its own, and every span reads it twice.
[[gnu::flatten]] std::uint64_t mono_us(void*) noexcept {
  return std::max<std::uint64_t>(read_clock(CLOCK_BOOTTIME), 1);
}

std::uint64_t wall_us(void*) noexcept { return read_date(CLOCK_REALTIME); }

bool entropy(void*, void* out, std::size_t n) noexcept {
  const ssize_t got = without_interruption([&] { return getrandom(out, n, GRND_NONBLOCK); });
  return got >= 0 && static_cast<std::size_t>(got) == n;
}

void pause_for(void*, std::uint64_t us) noexcept {
  const NoCancellation guard;
  timespec time{};
  time.tv_sec = static_cast<time_t>(us / us_per_s);
  time.tv_nsec = static_cast<long>(us % us_per_s * 1000);
  nanosleep(&time, nullptr);
}

// Linux has it from 4.14. A process registers for it once; it cannot fail from then on.
long membarrier(int command) noexcept { return syscall(SYS_membarrier, command, 0U, 0); }
void fence(void*) { membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED); }

}  // namespace

edgespan_clock system_clock() noexcept {
  // Named statics put the tables into .rodata; gcc 12 keeps what a copy begins with in .data.
  static constexpr edgespan_clock fenced{nullptr,   mono_us,         wall_us, entropy,
                                         pause_for, listen_for_fork, fence};
  static constexpr edgespan_clock unfenced{nullptr,   mono_us,         wall_us, entropy,
                                           pause_for, listen_for_fork, nullptr};
  // Asked once, or twice by two threads at once. No static that is made when it is met: that would need the
  // C++ library, which a plugin goes without.
  enum : int { not_asked, possible, impossible };
  static constinit std::atomic<int> fencing{not_asked};
  if (fencing.load(std::memory_order_relaxed) == not_asked) {
    const bool can_fence = membarrier(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED) == 0;
    fencing.store(can_fence ? possible : impossible, std::memory_order_relaxed);
  }
  if (fencing.load(std::memory_order_relaxed) == impossible) return unfenced;
  return fenced;
}

}  // namespace edgespan::posix
