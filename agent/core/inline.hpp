// SPDX-License-Identifier: Apache-2.0
#pragma once

// For what is worth a copy at each of its callers, unless small code is what the compiler was asked for.
#ifdef __OPTIMIZE_SIZE__
#define EDGESPAN_INLINE inline
#else
#define EDGESPAN_INLINE [[gnu::always_inline]] inline
#endif
