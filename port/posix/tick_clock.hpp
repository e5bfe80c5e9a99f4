// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <edgespan/port.h>

namespace edgespan::posix {

// As system_clock(), from the kernel's coarse clocks, which move once a tick.
edgespan_clock tick_clock() noexcept;

}  // namespace edgespan::posix
