// SPDX-License-Identifier: Apache-2.0
// SysTick, which every Cortex-M has, as a tick counter: a tick a processor cycle.
#pragma once

#include <cstdint>

namespace edgespan::bare {

// Starts it; from now on it interrupts every `period_ticks` (1,000 to 2^24). Once.
void systick_start(std::uint32_t period_ticks) noexcept;

// The first thing that the handler of the interrupt does. The interrupt may be late, but not by a period or
// more.
void systick_interrupt() noexcept;

// Ticks since start, modulo 2^32; never back. Main loop and interrupts. For Clock; `ctx` means nothing.
std::uint32_t systick_ticks(void* ctx) noexcept;

}  // namespace edgespan::bare
