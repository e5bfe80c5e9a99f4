// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/budget/budget_plan.hpp"

#include <cstddef>
#include <cstdint>
#include <ostream>
#include <vector>

namespace edgespan::cli {

inline constexpr std::size_t budget_name_columns = 20;
inline constexpr std::size_t budget_bytes_columns = 12;

// Writes a title, a line with a bar for each term, their sum, and an empty line.
void put_sum(std::ostream& out, const char* title, const std::vector<BudgetTerm>& terms, std::uint64_t sum);

}  // namespace edgespan::cli
