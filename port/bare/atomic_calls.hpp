// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

// The atomic operations of a processor without exclusive loads. ARMv6-M (Cortex-M0, M0+) has none: the
// compiler makes a call of every atomic read-modify-write, and neither libgcc nor the toolchain has these
// functions. They run with interrupts off, since on one core only an interrupt can come between a read and
// its write.
namespace edgespan::bare {

// The names and types are gcc's; the last arguments are memory orders, and every order holds.
extern "C" {
std::uint16_t fetch_add_half(volatile void* at, std::uint16_t value, int) noexcept
    asm("__atomic_fetch_add_2");
std::uint16_t fetch_sub_half(volatile void* at, std::uint16_t value, int) noexcept
    asm("__atomic_fetch_sub_2");
std::uint32_t fetch_add(volatile void* at, std::uint32_t value, int) noexcept asm("__atomic_fetch_add_4");
std::uint32_t fetch_sub(volatile void* at, std::uint32_t value, int) noexcept asm("__atomic_fetch_sub_4");
std::uint32_t fetch_and(volatile void* at, std::uint32_t value, int) noexcept asm("__atomic_fetch_and_4");
std::uint32_t fetch_or(volatile void* at, std::uint32_t value, int) noexcept asm("__atomic_fetch_or_4");
std::uint32_t exchange(volatile void* at, std::uint32_t value, int) noexcept asm("__atomic_exchange_4");
bool compare_exchange(volatile void* at, void* expected, std::uint32_t desired, bool, int, int) noexcept
    asm("__atomic_compare_exchange_4");
}

}  // namespace edgespan::bare
