// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <iosfwd>

namespace edgespan::cli {

// `edgespan b3`: says what sets of trace headers mean to edgespan. Each line of `in` is the headers of one
// message: `name=value`, separated by tabs; `\xHH` stands for a byte and `\\` for a backslash, in names and
// values. The first '=' ends the name. An empty line is a message without headers. `out` has a line for each:
//   ids trace=<16|32 hex> span=<16 hex> [parent=<16 hex>] decision=D
//   flags decision=D
//   empty reason=R
// D is one of accept, deny, debug and undecided; R is a name of b3_error_name(), or bad_line.
// Of headers with one name the last counts; other headers than B3's are passed over. A line that cannot be
// read is answered `empty reason=bad_line`, explained on `err`, and makes the result 1 once all lines are
// answered; so do an input and an output that fail. Otherwise it is 0, whatever the headers are worth.
int run_b3(std::istream& in, std::ostream& out, std::ostream& err);

}  // namespace edgespan::cli
