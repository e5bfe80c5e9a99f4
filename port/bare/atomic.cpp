// SPDX-License-Identifier: Apache-2.0
// ARMv6-M (Cortex-M0, M0+) has no exclusive loads: the compiler makes a call of every atomic
// read-modify-write, and neither libgcc nor the toolchain has these functions. On one core nothing can come
// between but an interrupt.
#if defined(__ARM_ARCH_6M__)

#include <cstdint>

#include "critical.hpp"

namespace edgespan::bare {
namespace {

template <typename Word = std::uint32_t, typename Change>
Word fetch(volatile void* at, Change change) noexcept {
  auto* const word = static_cast<volatile Word*>(at);
  const CriticalSection closed;
  const Word before = *word;
  *word = static_cast<Word>(change(before));
  return before;
}

}  // namespace

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

std::uint16_t fetch_add_half(volatile void* at, std::uint16_t value, int) noexcept {
  return fetch<std::uint16_t>(at, [=](std::uint16_t before) { return before + value; });
}
std::uint16_t fetch_sub_half(volatile void* at, std::uint16_t value, int) noexcept {
  return fetch<std::uint16_t>(at, [=](std::uint16_t before) { return before - value; });
}
std::uint32_t fetch_add(volatile void* at, std::uint32_t value, int) noexcept {
  return fetch(at, [=](std::uint32_t before) { return before + value; });
}
std::uint32_t fetch_sub(volatile void* at, std::uint32_t value, int) noexcept {
  return fetch(at, [=](std::uint32_t before) { return before - value; });
}
std::uint32_t fetch_and(volatile void* at, std::uint32_t value, int) noexcept {
  return fetch(at, [=](std::uint32_t before) { return before & value; });
}
std::uint32_t fetch_or(volatile void* at, std::uint32_t value, int) noexcept {
  return fetch(at, [=](std::uint32_t before) { return before | value; });
}
std::uint32_t exchange(volatile void* at, std::uint32_t value, int) noexcept {
  return fetch(at, [=](std::uint32_t) { return value; });
}
bool compare_exchange(volatile void* at, void* expected, std::uint32_t desired, bool, int, int) noexcept {
  auto* const wanted = static_cast<std::uint32_t*>(expected);
  const std::uint32_t before = fetch(at, [=](std::uint32_t now) { return now == *wanted ? desired : now; });
  if (before == *wanted) return true;
  *wanted = before;
  return false;
}

}  // namespace edgespan::bare

#endif
