// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <iosfwd>

namespace edgespan::cli {

// `edgespan b3`: says what trace headers mean to edgespan. Each line of `in` holds the headers of one
// message: `name=value`, separated by tabs. In names and values `\xHH` stands for a byte and `\\` for a
// backslash. The first '=' ends the name. An empty line is a message without headers. `out` gets a line for
// each:
//   ids trace=<16|32 hex> span=<16 hex> [parent=<16 hex>] decision=D
//   flags decision=D
//   empty reason=R
// D is one of accept, deny, debug and undecided; R is a name of b3_error_name(), or bad_line.
// Of headers with one name the last counts; headers that are not B3's are ignored. For a line that cannot be
// read, `out` gets `empty reason=bad_line` and `err` the cause; the other lines are read all the same.
// Returns the exit code: 1 if there was such a line or if `in` or `out` failed, else 0, also for headers that
// are invalid.
int run_b3(std::istream& in, std::ostream& out, std::ostream& err);

}  // namespace edgespan::cli
