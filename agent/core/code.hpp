// SPDX-License-Identifier: Apache-2.0
// Small code or fast code: what the build of edgespan chose (EDGESPAN_CODE). No public header depends on it,
// so an application may be compiled as it likes.
#pragma once

#if !defined(EDGESPAN_SMALL_CODE)
#error "EDGESPAN_SMALL_CODE is 0 or 1; link the target edgespan_code (agent/code.cmake)"
#endif

#if !defined(EDGESPAN_ASSERTIONS)
#error "EDGESPAN_ASSERTIONS is 0 (none), 1 (all) or 2 (few); link the target edgespan_code (agent/code.cmake)"
#endif

namespace edgespan::detail {

inline constexpr bool small_code = EDGESPAN_SMALL_CODE != 0;

// Fewer assertions (assert.hpp): small code has no room for all of them, and a board may find them too dear.
inline constexpr bool few_assertions = small_code || EDGESPAN_ASSERTIONS == 2;

// Fast code for registers of 64 bits. On a 32-bit board it would save less than its bytes and its stack are
// worth.
inline constexpr bool wide_code = !small_code && sizeof(void*) >= 8;

// EDGESPAN_INLINE: fast code has a copy of the function in each caller, small code leaves that to the
// compiler. EDGESPAN_WIDE: wide code has a copy of the function in each caller, all other code calls it, and
// its stack frame is gone when it returns. EDGESPAN_SHARED: small code has the function once, fast code
// leaves that to the compiler.
#if EDGESPAN_SMALL_CODE
#define EDGESPAN_INLINE inline
#define EDGESPAN_SHARED [[gnu::noinline]]
#else
#define EDGESPAN_INLINE [[gnu::always_inline]] inline
#define EDGESPAN_SHARED
#endif

#if EDGESPAN_SMALL_CODE || __SIZEOF_POINTER__ < 8
#define EDGESPAN_WIDE [[gnu::noinline]] inline
#else
#define EDGESPAN_WIDE [[gnu::always_inline]] inline
#endif

}  // namespace edgespan::detail
