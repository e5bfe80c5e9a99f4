/* SPDX-License-Identifier: Apache-2.0 */
#include "arena.h"

#include <mbedtls/platform.h>
#include <mbedtls/platform_util.h>

typedef void* calloc_function(size_t, size_t);
typedef void free_function(void*);

static int watch(calloc_function* allocate, free_function* release);

/* mbedTLS' allocator, unchanged but for one call: it hands its two functions to watch() instead of to
 * mbedTLS. */
#define mbedtls_platform_set_calloc_free watch
#include <memory_buffer_alloc.c>  // NOLINT(bugprone-suspicious-include): whole, so that its two functions can be wrapped
#undef mbedtls_platform_set_calloc_free

static calloc_function* heap_calloc;
static free_function* heap_free;
static const size_t free_bytes_min = sizeof(memory_header) + MBEDTLS_MEMORY_ALIGN_MULTIPLE;
static size_t start;
static edgespan_arena_use use;
static bool broken; /* the frame of a block was overwritten; every allocation fails from then on */

static memory_header* frame_of(void* block) {
  return (memory_header*)(void*)((unsigned char*)block - sizeof(memory_header));
}

static void* watched_calloc(size_t n, size_t bytes) {
  void* const block = broken ? NULL : heap_calloc(n, bytes);
  if (block == NULL) {
    if (n != 0 && bytes != 0) ++use.failed;
    return NULL;
  }
  /* Where nothing is free behind a block, holes are filled in another order from then on, and more may be
   * needed in the end: the least free block that there can be behind it counts, too. */
  const size_t end = (size_t)block - start + frame_of(block)->size + free_bytes_min;
  if (end > use.high_water_bytes) use.high_water_bytes = (uint32_t)end;
  ++use.blocks;
  return block;
}

/* mbedTLS' allocator ends the process if a frame is damaged. The agent must not end its host: TLS fails
 * instead. */
static void watched_free(void* block) {
  if (block == NULL || broken) return;
  memory_header* const frame = frame_of(block);
  /* For a frame in front of the heap the difference wraps and is large. */
  const bool inside = (size_t)frame - (size_t)heap.buf < heap.len - sizeof(memory_header);
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
  start = (size_t)bytes;
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
