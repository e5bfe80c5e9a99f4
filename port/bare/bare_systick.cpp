// SPDX-License-Identifier: Apache-2.0
#if defined(__ARM_ARCH_PROFILE) && __ARM_ARCH_PROFILE == 'M'

#include <edgespan/bare_systick.hpp>

#include "critical_section.hpp"

namespace edgespan::bare {
namespace {

struct Registers {  // at the same place in every Cortex-M
  std::uint32_t control;
  std::uint32_t reload;
  std::uint32_t current;  // counts down
};
volatile Registers& systick() noexcept { return *reinterpret_cast<volatile Registers*>(0xE000E010); }
bool interrupt_pending() noexcept {
  constexpr std::uint32_t systick_pending = 1U << 26;
  return (*reinterpret_cast<volatile std::uint32_t*>(0xE000ED04) & systick_pending) != 0;
}

std::uint32_t period = 0;
std::uint32_t base = 0;  // ticks at the last interrupt
std::uint32_t last = 0;

}  // namespace

void systick_start(std::uint32_t period_ticks) noexcept {
  constexpr std::uint32_t on_with_interrupt_at_processor_clock = 7;
  period = period_ticks;
  systick().reload = period_ticks - 1;
  systick().current = 0;
  systick().control = on_with_interrupt_at_processor_clock;
}

void systick_interrupt() noexcept {
  const CriticalSection closed;
  base += period;
}

// The interrupt is pending from the moment the counter reaches 0. If it is pending and the counter is not 0,
// the next period has begun and systick_interrupt() has not counted the last one yet; it is added here.
std::uint32_t systick_ticks(void*) noexcept {
  const CriticalSection closed;
  std::uint32_t from = base;
  std::uint32_t left = systick().current;
  if (interrupt_pending()) {
    left = systick().current;
    if (left != 0) from += period;
  }
  const std::uint32_t now = from + (period - 1 - left);
  if (static_cast<std::int32_t>(now - last) > 0) last = now;
  return last;
}

}  // namespace edgespan::bare

#endif
