// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/run/consume_options.hpp"

#include <ostream>

namespace edgespan::cli {

// `edgespan consume`: one line a record on `out`, the books on `err`. Returns the exit code; throws
// UsageError and, before anything was read, RunError.
int run_consume(const ConsumeOptions& options, std::ostream& out, std::ostream& err);

}  // namespace edgespan::cli
