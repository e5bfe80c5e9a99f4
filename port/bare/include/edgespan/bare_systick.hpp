// SPDX-License-Identifier: Apache-2.0
// SysTick, which every Cortex-M has, as a tick counter: a tick a processor cycle.
#pragma once

#include <cstdint>

namespace edgespan::bare {

// Starts SysTick, which then interrupts every `period_ticks` (1,000 to 2^24). Call once.
void systick_start(std::uint32_t period_ticks) noexcept;

// Call first in the handler of SysTick's interrupt. The interrupt may run late, but by less than one period.
void systick_interrupt() noexcept;

// Ticks since start, modulo 2^32; it never goes back. For bare::Clock, which passes a `ctx` that is not used.
// Main loop and interrupts.
std::uint32_t systick_ticks(void* ctx) noexcept;

}  // namespace edgespan::bare
