// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/budget/budget_plan.hpp"

#include <CLI/App.hpp>

#include <cstdint>
#include <optional>

namespace edgespan::cli {

struct BudgetOptions {
  BudgetWish wish;
  std::optional<std::uint64_t> program_bytes;  // none: as measured on this system
  bool cpp = false;                            // print a C++ header; not together with json
  bool json = false;                           // print JSON
};

// Adds the subcommand. Parsing writes to `options`, which must live as long as `app`.
CLI::App* add_budget(CLI::App& app, BudgetOptions& options);

}  // namespace edgespan::cli
