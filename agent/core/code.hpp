// SPDX-License-Identifier: Apache-2.0
// Small code or fast code: what the build of edgespan chose (EDGESPAN_CODE). No public header depends on it,
// so an application may be compiled as it likes.
#pragma once

#if !defined(EDGESPAN_SMALL_CODE)
#error "EDGESPAN_SMALL_CODE is 0 or 1; link the target edgespan_code (agent/code.cmake)"
#endif

namespace edgespan::detail {

inline constexpr bool small_code = EDGESPAN_SMALL_CODE != 0;

// EDGESPAN_INLINE: fast code has a copy of the function in each caller, small code leaves that to the
// compiler. EDGESPAN_SHARED: small code has the function once, fast code leaves that to the compiler.
#if EDGESPAN_SMALL_CODE
#define EDGESPAN_INLINE inline
#define EDGESPAN_SHARED [[gnu::noinline]]
#else
#define EDGESPAN_INLINE [[gnu::always_inline]] inline
#define EDGESPAN_SHARED
#endif

}  // namespace edgespan::detail
