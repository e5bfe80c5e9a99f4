// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/budget/budget_plan.hpp"

#include <ostream>
#include <string>
#include <vector>

namespace edgespan::cli {

// The plan as a JSON object. Without the last newline.
std::string budget_json(const BudgetPlan& plan, const BudgetWish& wish);

// Writes `  "name": {"term": bytes, ...},` as a line.
void put_terms(std::ostream& out, const char* name, const std::vector<BudgetTerm>& terms);

}  // namespace edgespan::cli
