// SPDX-License-Identifier: Apache-2.0
// Tests of misuse: TEST_ASSERT_FAULT(expression) holds if an assertion of the agent fails while the
// expression is evaluated. The failure leaves the expression from any depth of calls and destructors on the
// way do not run, so the objects of the expression are not used afterwards. One thread; the agent's locks
// must not be held.
#pragma once

#include "core/assert.hpp"
#include "support/test.hpp"

#ifndef EDGESPAN_TEST_UNITY
#include <csetjmp>
#endif

namespace edgespan::test {

#ifdef EDGESPAN_TEST_UNITY
inline void* misuse_exit[5];  // as __builtin_setjmp wants it
#define EDGESPAN_TEST_SETJMP(exit) __builtin_setjmp(exit)
[[noreturn]] inline void leave_misuse(const void*) { __builtin_longjmp(misuse_exit, 1); }
#else
inline std::jmp_buf misuse_exit;
#define EDGESPAN_TEST_SETJMP(exit) setjmp(exit)
[[noreturn]] inline void leave_misuse(const void*) { std::longjmp(misuse_exit, 1); }
#endif

// Whether an assertion fails in `misuse`. Keeps nothing in variables across the second return of setjmp.
template <typename Misuse>
[[gnu::noinline]] bool fails_assertion(Misuse& misuse) noexcept {
  if (EDGESPAN_TEST_SETJMP(misuse_exit) != 0) return true;
  misuse();
  return false;
}

template <typename Misuse>
bool faults_in(Misuse misuse) noexcept {
  const detail::FaultHandler before = detail::fault_handler;
  detail::fault_handler = leave_misuse;
  const bool failed = fails_assertion(misuse);
  detail::fault_handler = before;
  return failed;
}

}  // namespace edgespan::test

#if EDGESPAN_ASSERTIONS
#define TEST_ASSERT_FAULT(expression) \
  TEST_ASSERT_TRUE(::edgespan::test::faults_in([&] { static_cast<void>(expression); }))
#else
// The expression is compiled and never evaluated, so that what it names counts as used.
#define TEST_ASSERT_FAULT(expression)                        \
  static_cast<void>([&] { static_cast<void>(expression); }); \
  TEST_IGNORE_MESSAGE("this build has no assertions")
#endif
