// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace edgespan::detail {

// Fetches the cache line of an address for this core to write. What another core wrote last is then neither
// shared first nor taken over by the write itself, for which a compare-and-swap would wait. A hint: any
// address is good. Always inline: gcc 12 removes a call of a function that does nothing else.
[[gnu::always_inline]] inline void prefetch_to_write(const void* address) noexcept {
#if defined(__x86_64__)
  // The compiler takes a fetch for reading unless it is told of a processor that has the other one. All of 64
  // bits have it, or take the instruction for none (AMD's and Intel's manuals, PREFETCHW).
  asm volatile("prefetchw %0" : : "m"(*static_cast<const char*>(address)));
#else
  __builtin_prefetch(address, 1);
#endif
}

}  // namespace edgespan::detail
