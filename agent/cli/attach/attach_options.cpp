// SPDX-License-Identifier: Apache-2.0
#include "cli/attach/attach_options.hpp"

#include "cli/options/validators.hpp"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

namespace edgespan::cli {

CLI::App* add_attach(CLI::App& app, AttachOptions& options) {
  CLI::App* command = app.add_subcommand(
      "attach",
      "run a program on librdkafka traced, as it is: edgespan attach [OPTIONS] -- PROGRAM [ARGUMENTS]");
  command->add_option("command", options.command, "the program and its arguments, behind --")
      ->type_name("PROGRAM [ARGUMENTS]")
      ->required();
  command
      ->add_option("-s,--set", options.settings,
                   "a setting, such as url=http://localhost:9411; may be given several times")
      ->type_name("NAME=VALUE");
  command
      ->add_option("--plugin", options.plugin, "the file libedgespan-rdkafka.so (default: beside this tool)")
      ->type_name("FILE")
      ->check(not_empty());
  command->footer(
      "Says on stderr what it found, and becomes the program. `edgespan doctor PROGRAM` says the same and\n"
      "runs nothing. `edgespan config` lists the settings.\n"
      "Exit codes: the program's own; 1 it cannot be traced so, 2 bad usage.");
  return command;
}

}  // namespace edgespan::cli
