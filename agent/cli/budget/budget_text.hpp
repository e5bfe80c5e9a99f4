// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/budget/budget_plan.hpp"

#include <string>

namespace edgespan::cli {

// The plan for people: sums with bars, the configuration, and how long an outage it survives. Without the
// last newline.
std::string budget_text(const BudgetPlan& plan, const BudgetWish& wish);

}  // namespace edgespan::cli
