// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace edgespan {

// For what is worth a copy at each of its callers, or a second, quicker way, unless small code is what the
// compiler was asked for.
#ifdef __OPTIMIZE_SIZE__
#define EDGESPAN_INLINE inline
#define EDGESPAN_SHARED [[gnu::noinline]]
inline constexpr bool small_code = true;
#else
#define EDGESPAN_INLINE [[gnu::always_inline]] inline
#define EDGESPAN_SHARED
inline constexpr bool small_code = false;
#endif

}  // namespace edgespan
