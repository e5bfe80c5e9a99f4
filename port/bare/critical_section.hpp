// SPDX-License-Identifier: Apache-2.0
#pragma once

#if !defined(__ARM_ARCH_PROFILE) || __ARM_ARCH_PROFILE != 'M'
#error "a critical section is made of PRIMASK here, which only Cortex-M cores have"
#endif

#include <cstdint>

namespace edgespan::bare {

// Keeps interrupts off while an object exists. Objects may nest. Only for a handful of instructions.
class CriticalSection {
 public:
  CriticalSection() noexcept { asm volatile("mrs %0, primask\n\tcpsid i" : "=r"(primask_)::"memory"); }
  ~CriticalSection() { asm volatile("msr primask, %0" ::"r"(primask_) : "memory"); }
  CriticalSection(const CriticalSection&) = delete;
  CriticalSection& operator=(const CriticalSection&) = delete;

 private:
  std::uint32_t primask_;
};

}  // namespace edgespan::bare
