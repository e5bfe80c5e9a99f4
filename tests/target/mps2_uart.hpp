// SPDX-License-Identifier: Apache-2.0
// UART0 of Arm's MPS2 boards (CMSDK APB UART), as the port wants one.
#pragma once

#include <cstdint>

namespace edgespan::target {

struct Mps2Uart {
  volatile std::uint32_t data;
  volatile std::uint32_t state;
  volatile std::uint32_t control;
  volatile std::uint32_t interrupt;
  volatile std::uint32_t baud_divider;
};

inline Mps2Uart& mps2_uart() noexcept { return *reinterpret_cast<Mps2Uart*>(0x4000'4000); }

inline void mps2_uart_start() noexcept {
  mps2_uart().baud_divider = 16;  // the least: 1.5 Mbaud at 25 MHz
  mps2_uart().control = 3;        // both directions
}

inline bool mps2_uart_put(void*, std::uint8_t byte) noexcept {
  constexpr std::uint32_t transmitter_full = 1;
  if ((mps2_uart().state & transmitter_full) != 0) return false;
  mps2_uart().data = byte;
  return true;
}

inline int mps2_uart_get(void*) noexcept {
  constexpr std::uint32_t received = 2;
  return (mps2_uart().state & received) != 0 ? static_cast<int>(mps2_uart().data & 0xFF) : -1;
}

}  // namespace edgespan::target
