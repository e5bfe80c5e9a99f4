// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <edgespan/port.h>

namespace edgespan::posix {

// The system's clocks and entropy. `pause` returns early on a signal.
edgespan_clock system_clock() noexcept;

}  // namespace edgespan::posix
