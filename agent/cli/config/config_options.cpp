// SPDX-License-Identifier: Apache-2.0
#include "cli/config/config_options.hpp"

#include "cli/options/validators.hpp"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

namespace edgespan::cli {

CLI::App* add_config(CLI::App& app, ConfigOptions& options) {
  CLI::App* command = app.add_subcommand(
      "config", "print every setting, its value and where that was made; say what is wrong with one");
  command
      ->add_option("--program", options.program,
                   "the file name of the program whose settings are asked for (default: edgespan)")
      ->type_name("NAME")
      ->check(not_empty());
  command
      ->add_option("-X,--property", options.properties,
                   "a property that the program is given; may be given several times")
      ->type_name("NAME=VALUE");
  command->add_flag("--agent", options.agent,
                    "with the defaults of a program that has edgespan::Agent (default: of the plugin)");
  CLI::Option* page =
      command->add_flag("--page", options.page, "print the table of all settings, in Markdown");
  command
      ->add_flag("--man", options.man, "print the table of all settings, as the manual page edgespan.ini(5)")
      ->excludes(page);
  command->footer(
      "Reads what such a program would read: /etc/edgespan/edgespan.ini and /etc/edgespan/conf.d/*.ini, or\n"
      "the file that EDGESPAN_CONFIG names; then variables such as EDGESPAN_FLUSH. What is printed is a\n"
      "settings file itself.\n"
      "Exit codes: 0 done, 2 a setting is wrong.");
  return command;
}

}  // namespace edgespan::cli
