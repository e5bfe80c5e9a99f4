/* SPDX-License-Identifier: Apache-2.0 */
/* mbedTLS' own allocator over one array of the caller's, with counters around it. mbedTLS cannot tell whether
 * an allocation failed (some failures end as "bad signature"), nor how large the array must be. */
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
  uint32_t high_water_bytes; /* the size of array that would have sufficed so far */
} edgespan_arena_use;

/* Makes `bytes` all the memory of mbedTLS, in the whole process. */
void edgespan_arena_init(void* bytes, size_t n);

/* Takes the memory away from mbedTLS and fills it with zeros. Blocks that are still allocated must not be
 * used. */
void edgespan_arena_end(void);

edgespan_arena_use edgespan_arena_now(void);

#ifdef __cplusplus
}
#endif
#endif
