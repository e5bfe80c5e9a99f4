/* SPDX-License-Identifier: Apache-2.0
   A library for LD_PRELOAD that tells at the end of the process, on standard error, how many bytes of memory
   the plugin has mapped for itself, and not given back. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

static atomic_llong mapped;

static int is_plugin(const void* caller) {
  Dl_info info;
  return dladdr(caller, &info) && strstr(info.dli_fname, "edgespan-rdkafka") != NULL;
}

static void count(const void* caller, long long bytes) {
  if (is_plugin(caller)) atomic_fetch_add(&mapped, bytes);
}

void* mmap(void* at, size_t bytes, int protection, int flags, int file, off_t offset) {
  void* const memory = (void*)syscall(SYS_mmap, at, bytes, protection, flags, file, offset);
  if (memory != MAP_FAILED && flags & MAP_ANONYMOUS) count(__builtin_return_address(0), (long long)bytes);
  return memory;
}

int munmap(void* memory, size_t bytes) {
  count(__builtin_return_address(0), -(long long)bytes);
  return (int)syscall(SYS_munmap, memory, bytes);
}

__attribute__((destructor)) static void tell(void) { fprintf(stderr, "mapped %lld\n", (long long)mapped); }
