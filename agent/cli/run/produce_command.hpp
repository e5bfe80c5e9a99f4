// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/run/produce_options.hpp"

#include <ostream>

namespace edgespan::cli {

// `edgespan produce`: sends records and prints a line for each to `out`, and the books to `err`. The values
// come from the descriptor `input` unless options.count is set. Returns the exit code. Throws UsageError;
// RunError only before anything was sent.
int run_produce(const ProduceOptions& options, int input, std::ostream& out, std::ostream& err);

}  // namespace edgespan::cli
