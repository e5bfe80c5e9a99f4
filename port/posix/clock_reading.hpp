// SPDX-License-Identifier: Apache-2.0
// One read of a clock of the system. For files that begin with wide_files.hpp.
#pragma once

#include <time.h>

#include <cstdint>

namespace edgespan::posix {

static_assert(sizeof(time_t) == 8, "the date would wrap in 2038: build with a 64-bit time_t");

inline constexpr std::uint64_t us_per_s = 1'000'000;

// 2024-01-01. A board without a battery starts in 1970, or at the date of its image; no gateway that runs
// this code was set to an earlier date than its code was written.
inline constexpr std::uint64_t wall_floor_us = 1'704'067'200 * us_per_s;

inline std::uint64_t read_clock(clockid_t id) noexcept {
  timespec now;  // not `{}`: small code calls memset for it
  if (clock_gettime(id, &now) != 0 || now.tv_sec < 0) return 0;
  // Nanoseconds fit in 32 bits, which a 32-bit processor divides by a multiplication instead of a call.
  return static_cast<std::uint64_t>(now.tv_sec) * us_per_s + static_cast<std::uint32_t>(now.tv_nsec) / 1000;
}

// 0 while the date is not known.
inline std::uint64_t read_date(clockid_t id) noexcept {
  const std::uint64_t now_us = read_clock(id);
  return now_us < wall_floor_us ? 0 : now_us;
}

}  // namespace edgespan::posix
