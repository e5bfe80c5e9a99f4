// SPDX-License-Identifier: Apache-2.0
#include "cli/budget/budget_command.hpp"

#include "cli/budget/budget_cpp.hpp"
#include "cli/budget/budget_json.hpp"
#include "cli/budget/budget_plugin.hpp"
#include "cli/budget/budget_text.hpp"
#include "cli/budget/system_memory.hpp"
#include "cli/io/checked_output.hpp"
#include "cli/io/tool_errors.hpp"

#include <edgespan/settings.hpp>

#include <string_view>
#include <vector>

namespace edgespan::cli {

namespace {

int print_plugin(const BudgetOptions& options, std::ostream& out) {
  const std::vector<std::string_view> properties{options.properties.begin(), options.properties.end()};
  Settings settings{SettingUser::plugin};
  const SettingsStatus status = settings.load({.properties = properties});
  if (!status.ok()) throw UsageError{status.text()};
  CheckedOutput output{out};
  output.line(budget_plugin(settings, options.wish.span_bytes, options.json));
  output.flush();
  return exit_done;
}

}  // namespace

int run_budget(const BudgetOptions& options, std::ostream& out) {
  if (options.plugin) return print_plugin(options, out);
  BudgetWish wish = options.wish;
  if (!wish.ram_bytes && !(wish.spans_per_second && wish.offline_s)) {
    throw UsageError{"budget needs --ram SIZE, --spans-per-second RATE with --offline TIME, or --plugin"};
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
