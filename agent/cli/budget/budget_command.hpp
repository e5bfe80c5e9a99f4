// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/budget/budget_plan.hpp"

#include <CLI/App.hpp>

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>

namespace edgespan::cli {

struct BudgetOptions {
  BudgetWish wish;
  std::optional<std::uint64_t> program_bytes;  // empty: as measured on this system
  bool cpp = false;
  bool json = false;
};

// Adds the subcommand; parsing writes to `options`, which must live as long as `app`.
CLI::App* add_budget(CLI::App& app, BudgetOptions& options);

// `edgespan budget`: prints what memory the wish comes to and what that buys. Throws UsageError for a wish
// that cannot be.
int run_budget(const BudgetOptions& options, std::ostream& out);

// The plan in each of its forms.
std::string budget_text(const BudgetPlan& plan, const BudgetWish& wish);
std::string budget_cpp(const BudgetPlan& plan, const BudgetWish& wish);  // a header to compile
std::string budget_json(const BudgetPlan& plan, const BudgetWish& wish);

}  // namespace edgespan::cli
