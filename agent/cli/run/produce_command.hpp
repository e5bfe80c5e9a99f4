// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/run/produce_options.hpp"

#include <ostream>

namespace edgespan::cli {

// `edgespan produce`: one line a record on `out`, the books on `err`. Values come from the descriptor `input`
// unless options.count is set. Returns the exit code; throws UsageError and, before anything was sent,
// RunError.
int run_produce(const ProduceOptions& options, int input, std::ostream& out, std::ostream& err);

}  // namespace edgespan::cli
