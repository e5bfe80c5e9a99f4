// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/budget/budget_plan.hpp"

#include <CLI/App.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace edgespan::cli {

struct BudgetOptions {
  BudgetWish wish;
  std::optional<std::uint64_t> program_bytes;  // none: as measured on this system
  bool cpp = false;                            // print a C++ header; not together with json
  bool json = false;                           // print JSON
  bool plugin = false;                         // of the plugin, not of an agent in the program
  std::vector<std::string> properties{};       // of the plugin's settings
};

// Adds the subcommand. Parsing writes to `options`, which must live as long as `app`.
CLI::App* add_budget(CLI::App& app, BudgetOptions& options);

}  // namespace edgespan::cli
