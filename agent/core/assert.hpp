// SPDX-License-Identifier: Apache-2.0
// Assertions: what must hold if the agent's own code is right. They never depend on bytes from the network,
// from a broker or from the application's data.
#pragma once

#include <atomic>
#include <cstdint>

#include "core/code.hpp"

namespace edgespan::detail {

inline constexpr bool assertions = EDGESPAN_ASSERTIONS != 0;

// Assertions that have failed in this process. The agent does not end its host: the first failure turns every
// Tracing off (TracingState::active), and Books::faults shows the number.
extern std::atomic<std::uint32_t> faults;

// If set, a failed assertion calls this and nothing else; `where` lies in the function that failed. Tests set
// it, so that the handler leaves the test or ends the program. Null in every product.
using FaultHandler = void (*)(const void* where);
extern FaultHandler fault_handler;

// What a failed assertion does. One function for all of them: an assertion costs its caller a comparison and
// a branch.
[[gnu::cold, gnu::noinline]] void fault() noexcept;

}  // namespace edgespan::detail

// A condition that begins with `few_assertions ||` is checked only where all assertions are. The others guard
// a handover, and no other one nearby implies them: a microcontroller has room for those, and a board on
// which every message is to cost little has time for them.
//
// Without assertions the condition is compiled, so that it stays correct, and never evaluated.
#if defined(__clang_analyzer__)  // for it, what is asserted holds: it need not look behind an assertion that
                                 // failed
#define EDGESPAN_ASSERT(condition)   \
  do {                               \
    if (!(condition)) [[unlikely]] { \
      __builtin_unreachable();       \
    }                                \
  } while (false)
#elif EDGESPAN_ASSERTIONS
#define EDGESPAN_ASSERT(condition) \
  do {                             \
    if (!(condition)) [[unlikely]] \
      ::edgespan::detail::fault(); \
  } while (false)
#else
#define EDGESPAN_ASSERT(condition) static_cast<void>(sizeof((condition) ? 1 : 0))
#endif
