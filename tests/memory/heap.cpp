// SPDX-License-Identifier: Apache-2.0
#include "memory/heap.hpp"

#include <malloc.h>

#include <atomic>

#include "memory/trap.hpp"

extern "C" {
void* __real_malloc(std::size_t);
void* __real_calloc(std::size_t, std::size_t);
void* __real_realloc(void*, std::size_t);
void __real_free(void*);
}

namespace {

std::atomic<std::size_t> live{0};
std::atomic<std::size_t> peak{0};

void* took(void* memory) {
  const std::size_t now = live += malloc_usable_size(memory);
  for (std::size_t seen = peak; now > seen && !peak.compare_exchange_weak(seen, now);) {
  }
  return memory;
}

}  // namespace

std::size_t edgespan::test::heap_live_bytes() { return live; }
std::size_t edgespan::test::heap_peak_bytes() { return peak; }

extern "C" {
void* __wrap_malloc(std::size_t bytes) {
  edgespan::test::allocated(bytes, __builtin_return_address(0));
  return took(__real_malloc(bytes));
}
void* __wrap_calloc(std::size_t count, std::size_t bytes) {
  edgespan::test::allocated(count * bytes, __builtin_return_address(0));
  return took(__real_calloc(count, bytes));
}
void __wrap_free(void* memory) {
  live -= malloc_usable_size(memory);
  __real_free(memory);
}
void* __wrap_realloc(void* old, std::size_t bytes) {
  edgespan::test::allocated(bytes, __builtin_return_address(0));
  const std::size_t before = malloc_usable_size(old);
  void* memory = __real_realloc(old, bytes);
  if (memory == nullptr && bytes != 0) return nullptr;
  live -= before;
  return memory != nullptr ? took(memory) : nullptr;
}
}
