// SPDX-License-Identifier: Apache-2.0
#include "cli/config/config_command.hpp"

#include "cli/config/settings_page.hpp"
#include "cli/io/checked_output.hpp"
#include "cli/io/tool_errors.hpp"
#include "cli/man/settings_man.hpp"
#include "cli/text/columns.hpp"

#include <edgespan/settings.hpp>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace edgespan::cli {

namespace {

// A value that may be a secret is not shown; its line is a comment, since it would be no setting.
std::string assignment_of(const Settings& settings, SettingId id) {
  const std::string name{setting(id).name};
  const std::string_view text = settings.text(id);
  if (setting(id).type == SettingType::headers && !text.empty()) return "; " + name + " = (not shown)";
  return name + " = " + std::string{text};
}

}  // namespace

int run_config(const ConfigOptions& options, std::ostream& out) {
  CheckedOutput output{out};
  if (options.page || options.man) {
    output.line(options.page ? settings_page() : settings_man());
    output.flush();
    return exit_done;
  }
  const std::vector<std::string_view> properties{options.properties.begin(), options.properties.end()};
  const SettingUser user = options.agent ? SettingUser::agent : SettingUser::plugin;
  Settings settings{user};
  const SettingsStatus status = settings.load({.program = options.program, .properties = properties});
  if (!status.ok()) throw UsageError{status.text()};
  std::vector<std::string> assignments;
  std::size_t width = 0;
  std::vector<std::string> origins;
  for (std::size_t i = 0; i < settings_count; ++i) {
    const auto id = static_cast<SettingId>(i);
    const Setting& setting = settings_table()[i];
    if (setting.user == SettingUser::plugin && options.agent) continue;
    std::array<char, Settings::origin_bytes_max> origin{};
    assignments.push_back(assignment_of(settings, id));
    origins.emplace_back(settings.origin(id, origin));
    width = std::max(width, columns(assignments.back()));
  }
  for (std::size_t i = 0; i < assignments.size(); ++i) {
    output.line(left_aligned(assignments[i], width) + "  ; " + origins[i]);
  }
  output.flush();
  return exit_done;
}

}  // namespace edgespan::cli
