// SPDX-License-Identifier: Apache-2.0
#include "cli/budget/budget_sum.hpp"

#include "cli/text/columns.hpp"
#include "cli/text/quantities.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace edgespan::cli {
namespace {

constexpr std::size_t bar_columns = 28;

// A bar with a length in eighths of a column; at least one for a number that is not 0.
std::string bar(std::uint64_t bytes, std::uint64_t most) {
  static constexpr std::array<const char*, 8> parts{"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  const std::uint64_t eighths = std::max<std::uint64_t>(bytes * bar_columns * 8 / most, bytes == 0 ? 0 : 1);
  std::string text;
  for (std::uint64_t i = 0; i < eighths / 8; ++i) text += "█";
  return text + parts[eighths % 8];
}

}  // namespace

void put_sum(std::ostream& out, const char* title, const std::vector<BudgetTerm>& terms, std::uint64_t sum) {
  std::uint64_t most = 1;
  for (const BudgetTerm& term : terms) most = std::max(most, term.bytes);
  out << title << '\n';
  for (const BudgetTerm& term : terms) {
    out << "  " << left_aligned(term.name, budget_name_columns)
        << right_aligned(grouped(term.bytes), budget_bytes_columns) << "  "
        << left_aligned(bar(term.bytes, most), bar_columns) << "  " << term.what << '\n';
  }
  out << "  " << left_aligned("together", budget_name_columns)
      << right_aligned(grouped(sum), budget_bytes_columns) << "\n\n";
}

}  // namespace edgespan::cli
