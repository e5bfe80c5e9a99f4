// SPDX-License-Identifier: Apache-2.0
#include "cli/man/tool_man.hpp"

#include "cli/man/roff.hpp"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

namespace edgespan::cli {
namespace {

std::string options_of(const CLI::App& command) {
  std::string text;
  for (const CLI::Option* const option : command.get_options()) {
    if (option->get_group().empty()) continue;  // hidden
    text += ".TP\n" + roff_bold(option->get_name(false, true));
    if (!option->get_type_name().empty()) text += " \\fI" + roff(option->get_type_name()) + "\\fR";
    text += "\n" + roff_lines(option->get_description()) + ".\n";
  }
  return text;
}

std::string footer_of(const CLI::App& command) {
  return command.get_footer().empty() ? "" : ".PP\n" + roff_lines(command.get_footer()) + "\n";
}

}  // namespace

std::string tool_man(const CLI::App& app) {
  std::string page = roff_head("EDGESPAN", "1", "User commands");
  page += ".SH NAME\nedgespan \\- sends, reads, explains and traces records of Kafka\n";
  page += ".SH SYNOPSIS\n\\fBedgespan\\fR \\fIcommand\\fR [\\fIoption\\fR...]\n.SH DESCRIPTION\n";
  page += roff_lines(app.get_description()) + "\n.SH OPTIONS\n" + options_of(app) + ".SH COMMANDS\n";
  for (const CLI::App* const command : app.get_subcommands({})) {
    page += ".SS edgespan " + roff(command->get_name()) + "\n" + roff_lines(command->get_description()) +
            ".\n" + options_of(*command) + footer_of(*command);
  }
  return page + ".SH EXIT STATUS\n" + roff(app.get_footer()) + "\n.SH SEE ALSO\n.BR edgespan.ini (5)";
}

}  // namespace edgespan::cli
