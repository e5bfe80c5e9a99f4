// SPDX-License-Identifier: Apache-2.0
// Stands between mbedTLS and the arena. The linker sends the arena's call of mbedtls_platform_set_calloc_free
// here
// (--wrap), so that the library under test has no hook in it.
#include "allocations.hpp"

namespace {

using Calloc = void*(std::size_t, std::size_t);
using Free = void(void*);

Calloc* arena_calloc = nullptr;
std::uint64_t count = 0;
edgespan::test::BeforeAllocation before_allocation = nullptr;

void* watched(std::size_t n, std::size_t size) {
  ++count;
  const bool fail = before_allocation != nullptr && before_allocation(count);
  return fail ? arena_calloc(1, SIZE_MAX / 4) : arena_calloc(n, size);  // the arena itself says no
}

}  // namespace

extern "C" {

int __real_mbedtls_platform_set_calloc_free(Calloc* allocate, Free* release);

int __wrap_mbedtls_platform_set_calloc_free(Calloc* allocate, Free* release);
int __wrap_mbedtls_platform_set_calloc_free(Calloc* allocate, Free* release) {
  arena_calloc = allocate;
  return __real_mbedtls_platform_set_calloc_free(watched, release);
}
}

namespace edgespan::test {

void watch_allocations(BeforeAllocation before) {
  before_allocation = before;
  count = 0;
}

std::uint64_t allocations() { return count; }

}  // namespace edgespan::test
