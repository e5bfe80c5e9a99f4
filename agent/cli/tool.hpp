// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <iosfwd>

namespace edgespan::cli {

// Where a command reads and writes. `in` and `input_descriptor` are the same source; a command uses one of
// them.
struct Streams {
  std::istream& in;
  int input_descriptor;
  std::ostream& out;
  std::ostream& err;
};

// The whole tool: reads the command line, runs the command and returns the exit code.
int run(int argc, const char* const* argv, const Streams& streams) noexcept;

}  // namespace edgespan::cli
