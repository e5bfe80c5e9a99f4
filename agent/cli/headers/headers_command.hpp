// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <iosfwd>

namespace CLI {
class App;
}

namespace edgespan::cli {

struct HeadersOptions {
  bool asked = false;  // whether the command line has the command
  bool brief = false;
};

// `edgespan headers`: says what the trace headers of messages mean. Each line of `in` holds those of one
// message, as header_line.hpp says. `out` gets for each what edgespan finds:
//   ids trace=<16|32 hex> span=<16 hex> [parent=<16 hex>] decision=D
//   flags decision=D
//   empty reason=R
// D is one of accept, deny, debug and undecided; R is a name of b3_error_name() or w3c_error_name(), or
// bad_line. Unless `brief`, indented lines follow that say in words what each header holds, where they
// disagree, and what edgespan, Brave and OpenTelemetry for Java, Python and Go make of them; an empty line
// ends them.
// For a line that cannot be read, `out` gets `empty reason=bad_line` and `err` the cause; the other lines are
// read all the same. Returns the exit code: 1 if there was such a line or if `in` or `out` failed, else 0,
// also for headers that are invalid.
int run_headers(const HeadersOptions& options, std::istream& in, std::ostream& out, std::ostream& err);

// Adds the command, and `b3`, its old name, which is brief. Parsing writes to `options`, which must live as
// long as `app`.
void add_headers(CLI::App& app, HeadersOptions& options);

}  // namespace edgespan::cli
