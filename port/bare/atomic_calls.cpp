// SPDX-License-Identifier: Apache-2.0
#if defined(__ARM_ARCH_6M__)

#include "atomic_calls.hpp"

#include "critical_section.hpp"

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
