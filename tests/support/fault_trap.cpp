// SPDX-License-Identifier: Apache-2.0
// Linked into a test program: an assertion of the agent that fails ends the program.
#include <cstdio>
#include <cstdlib>

#include "core/assert.hpp"

namespace {

[[noreturn]] void end_program(const void* where) {
  std::fprintf(stderr, "an assertion of the agent failed in the function at %p\n", where);
  std::abort();
}

[[maybe_unused]] const bool trap_is_set = [] {
  edgespan::detail::fault_handler = end_program;
  return true;
}();

}  // namespace
