// SPDX-License-Identifier: Apache-2.0
#include "cli/budget/budget_command.hpp"

#include "cli/budget/budget_cpp.hpp"
#include "cli/budget/budget_json.hpp"
#include "cli/budget/budget_text.hpp"
#include "cli/budget/system_memory.hpp"
#include "cli/io/checked_output.hpp"
#include "cli/io/tool_errors.hpp"

namespace edgespan::cli {

int run_budget(const BudgetOptions& options, std::ostream& out) {
  BudgetWish wish = options.wish;
  if (!wish.ram_bytes && !(wish.spans_per_second && wish.offline_s)) {
    throw UsageError{"budget needs --ram SIZE, or --spans-per-second RATE with --offline TIME"};
  }
  const SystemMemory system = measure_system_memory();
  if (system.program_bytes != 0) wish.program_bytes = system.program_bytes;
  if (system.thread_local_bytes != 0) wish.thread_local_bytes = system.thread_local_bytes;
  wish.program_bytes = options.program_bytes.value_or(wish.program_bytes);
  const BudgetPlan plan = plan_budget(wish);
  CheckedOutput output{out};
  output.line(options.cpp    ? budget_cpp(plan, wish)
              : options.json ? budget_json(plan, wish)
                             : budget_text(plan, wish));
  output.flush();
  return exit_done;
}

}  // namespace edgespan::cli
