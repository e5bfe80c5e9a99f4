// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/run/consume_options.hpp"

#include <ostream>

namespace edgespan::cli {

// `edgespan consume`: polls records and prints a line for each to `out`, and the books to `err`. Returns the
// exit code. Throws UsageError; RunError only before anything was read.
int run_consume(const ConsumeOptions& options, std::ostream& out, std::ostream& err);

}  // namespace edgespan::cli
