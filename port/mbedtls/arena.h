/* SPDX-License-Identifier: Apache-2.0 */
/* mbedTLS's allocator over one array of the caller's, watched: what mbedTLS itself cannot tell is whether an
 * allocation failed (some failures end as "bad signature") and how large the array had to be. */
#ifndef EDGESPAN_MBEDTLS_ARENA_H
#define EDGESPAN_MBEDTLS_ARENA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct edgespan_arena_use {
  uint32_t blocks;           /* allocated now */
  uint32_t failed;           /* allocations that failed since init */
  uint32_t high_water_bytes; /* an array of this size would have done so far */
} edgespan_arena_use;

/* Makes `bytes` all the memory of mbedTLS, in the whole process. */
void edgespan_arena_init(void* bytes, size_t n);

/* Takes it away again and overwrites it with zeros. Whoever still holds a block must not use it. */
void edgespan_arena_end(void);

edgespan_arena_use edgespan_arena_now(void);

#ifdef __cplusplus
}
#endif
#endif
