// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/budget/budget_options.hpp"

#include <ostream>

namespace edgespan::cli {

// `edgespan budget`: works out a plan and prints it in the form that was asked for. Returns the exit code.
// Throws UsageError for a wish that no plan fulfils.
int run_budget(const BudgetOptions& options, std::ostream& out);

}  // namespace edgespan::cli
