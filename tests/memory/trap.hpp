// SPDX-License-Identifier: Apache-2.0
// The allocation trap (trap.cpp) also counts, for tests that say what an operation of librdkafka costs.
#pragma once

#include <cstddef>

namespace edgespan::test {

struct Allocations {
  std::size_t calls = 0;
  std::size_t bytes = 0;  // asked for
  friend Allocations operator-(const Allocations& a, const Allocations& b) {
    return {a.calls - b.calls, a.bytes - b.bytes};
  }
};

// Of the calling thread, by whomever, since it began.
Allocations thread_allocations();

// Makes the `nth` allocation of the calling thread from now on fail, by whomever it is; 0: none. Returns what
// was left of the order before; 0: its allocation has failed. Not under sanitizers, whose allocators are
// their own.
std::size_t fail_allocation(std::size_t nth);

// Every allocator's first act. `caller`: where it returns to.
void allocated(std::size_t bytes, const void* caller);

}  // namespace edgespan::test
