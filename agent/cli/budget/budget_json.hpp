// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/budget/budget_plan.hpp"

#include <string>

namespace edgespan::cli {

// The plan as a JSON object. Without the last newline.
std::string budget_json(const BudgetPlan& plan, const BudgetWish& wish);

}  // namespace edgespan::cli
