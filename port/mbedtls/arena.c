/* SPDX-License-Identifier: Apache-2.0 */
#include "arena.h"

#include <mbedtls/platform.h>
#include <mbedtls/platform_util.h>

typedef void* calloc_function(size_t, size_t);
typedef void free_function(void*);

static int watch(calloc_function* allocate, free_function* release);

/* The allocator as it is released, but for its last step: it hands its two functions to us. */
#define mbedtls_platform_set_calloc_free watch
#include <memory_buffer_alloc.c>
#undef mbedtls_platform_set_calloc_free

static calloc_function* heap_calloc;
static free_function* heap_free;
static const unsigned char* start;
static edgespan_arena_use use;
static bool broken; /* a block's frame was overwritten: nothing is given out any more */

static void* watched_calloc(size_t n, size_t size) {
  void* const block = broken ? NULL : heap_calloc(n, size);
  if (block == NULL) {
    if (n != 0 && size != 0) ++use.failed;
    return NULL;
  }
  const size_t end = (size_t)((unsigned char*)block - start) + n * size;
  if (end > use.high_water_bytes) use.high_water_bytes = (uint32_t)end;
  ++use.blocks;
  return block;
}

/* The allocator ends the process if it finds itself damaged. Ours is a guest there: it gives up TLS instead. */
static void watched_free(void* block) {
  if (block == NULL || broken) return;
  const unsigned char* const at = block;
  const bool inside = at >= heap.buf + sizeof(memory_header) && at < heap.buf + heap.len;
  memory_header* const frame = (memory_header*)(void*)((unsigned char*)block - sizeof(memory_header));
  broken = !inside || verify_header(frame) != 0 || frame->alloc != 1;
  if (broken) return;
  heap_free(block);
  --use.blocks;
}

static int watch(calloc_function* allocate, free_function* release) {
  heap_calloc = allocate;
  heap_free = release;
  return mbedtls_platform_set_calloc_free(watched_calloc, watched_free);
}

void edgespan_arena_init(void* bytes, size_t n) {
  const edgespan_arena_use none = {0, 0, 0};
  use = none;
  start = bytes;
  broken = false;
  mbedtls_memory_buffer_alloc_init(bytes, n);
}

void edgespan_arena_end(void) {
  unsigned char* const bytes = heap.buf;
  const size_t n = heap.len;
  mbedtls_memory_buffer_alloc_free();
  if (bytes != NULL) mbedtls_platform_zeroize(bytes, n);
}

edgespan_arena_use edgespan_arena_now(void) { return use; }
