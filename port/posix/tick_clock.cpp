// SPDX-License-Identifier: Apache-2.0
#include "wide_files.hpp"

#include "tick_clock.hpp"

#include "clock_reading.hpp"
#include "system_clock.hpp"
#include "tick_time.hpp"

#include <algorithm>

namespace edgespan::posix {
namespace {

constinit TickTime tick_time;

std::uint64_t mono_us(void*) noexcept {
  const std::uint64_t now_us = tick_time.now_us(
      read_clock(CLOCK_MONOTONIC_COARSE), [] { return read_clock(CLOCK_BOOTTIME); },
      [] { return read_clock(CLOCK_MONOTONIC); });
  return std::max<std::uint64_t>(now_us, 1);
}

// Of the same ticks: the offset between the two times is then exact.
std::uint64_t wall_us(void*) noexcept { return read_date(CLOCK_REALTIME_COARSE); }

}  // namespace

edgespan_clock tick_clock() noexcept {
  edgespan_clock table = system_clock();
  table.mono_us = mono_us;
  table.wall_us = wall_us;
  return table;
}

}  // namespace edgespan::posix
