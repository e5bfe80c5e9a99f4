/* SPDX-License-Identifier: Apache-2.0 */
/* Counts what the process allocates. A thread counts for itself: a counter that all share would slow down
 * those programs most that allocate most. */
#include <stdatomic.h>
#include <stddef.h>

#include "whole.h"

/* glibc's own names of the functions that this file stands in for. */
void* __libc_malloc(size_t size);
void* __libc_calloc(size_t count, size_t size);
void* __libc_realloc(void* old, size_t size);

enum { threads_max = 64, line = 64 / sizeof(unsigned long long) };
static _Atomic unsigned long long counts[threads_max][line];
static atomic_uint threads;
static _Thread_local unsigned thread; /* from 1; 0: not counted yet */

static void count(void) {
  if (thread == 0) thread = atomic_fetch_add_explicit(&threads, 1, memory_order_relaxed) % threads_max + 1;
  _Atomic unsigned long long* const own = &counts[thread - 1][0];
  atomic_store_explicit(own, atomic_load_explicit(own, memory_order_relaxed) + 1, memory_order_relaxed);
}

unsigned long long whole_allocations(void) {
  unsigned long long sum = 0;
  for (int i = 0; i < threads_max; ++i) sum += atomic_load_explicit(&counts[i][0], memory_order_relaxed);
  return sum;
}

void* malloc(size_t size) {
  count();
  return __libc_malloc(size);
}
void* calloc(size_t n, size_t size) {
  count();
  return __libc_calloc(n, size);
}
void* realloc(void* old, size_t size) {
  count();
  return __libc_realloc(old, size);
}
