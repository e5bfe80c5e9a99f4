// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <edgespan/port.h>

#include <cstdint>

namespace edgespan::cli {

// The clocks that the doctor uses.
struct MachineClock {
  edgespan_clock table;                // as the agent sees them
  std::int64_t (*date_s)() = nullptr;  // the system's, in seconds since 1970, also where the agent rejects it

  // Whether the agent accepts the system's date as set.
  bool knows_date() const noexcept { return table.wall_us(table.ctx) != 0; }
};

}  // namespace edgespan::cli
