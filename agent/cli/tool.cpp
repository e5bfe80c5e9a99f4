// SPDX-License-Identifier: Apache-2.0
#include "cli/tool.hpp"

#include "cli/attach/attach_command.hpp"
#include "cli/budget/budget_command.hpp"
#include "cli/config/config_command.hpp"
#include "cli/demo/demo_command.hpp"
#include "cli/doctor/doctor_command.hpp"
#include "cli/doctor/doctor_settings.hpp"
#include "cli/headers/headers_command.hpp"
#include "cli/io/checked_output.hpp"
#include "cli/io/tool_errors.hpp"
#include "cli/man/tool_man.hpp"
#include "cli/options/made_settings.hpp"
#include "cli/run/consume_command.hpp"
#include "cli/run/produce_command.hpp"

#include <edgespan/version.hpp>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <exception>
#include <istream>
#include <ostream>
#include <string>

namespace edgespan::cli {
namespace {

// Prints help or the version, which were asked for, or what is wrong with the command line.
int explain(const CLI::App& app, const CLI::ParseError& error, const Streams& streams) {
  const bool asked = error.get_exit_code() == 0;
  if (!asked && app.get_subcommands().empty()) {
    streams.err << "edgespan: the first argument is a command: produce, consume, attach, doctor, config, "
                   "headers,\nbudget or demo\n"
                   "Run with --help for more information.\n";
    return exit_usage;
  }
  app.exit(error, streams.out, streams.err);
  CheckedOutput{streams.out}.flush();
  return asked ? exit_done : exit_usage;
}

int parse_and_run(int argc, const char* const* argv, const Streams& streams) {
  CLI::App app{"Shows that tracing through Kafka works: sends, reads and explains traced records.",
               "edgespan"};
  app.footer("Exit codes: 0 done, 1 failed at run time, 2 bad usage.");
  app.require_subcommand(1);
  app.set_version_flag("--version", "edgespan " + std::string{version}, "Print the version and exit");
  app.add_flag_callback(
      "--man", [&app] { throw CLI::CallForVersion(tool_man(app), 0); }, "Print the manual page and exit");
  ProduceOptions produce;
  ConsumeOptions consume;
  BudgetOptions budget;
  DemoOptions demo;
  DoctorOptions doctor;
  ConfigOptions config;
  AttachOptions attach;
  HeadersOptions headers;
  const CLI::App* const produce_command = add_produce(app, produce);
  const CLI::App* const consume_command = add_consume(app, consume);
  const CLI::App* const attach_command = add_attach(app, attach);
  const CLI::App* const doctor_command = add_doctor(app, doctor);
  const CLI::App* const config_command = add_config(app, config);
  add_headers(app, headers);
  const CLI::App* const budget_command = add_budget(app, budget);
  add_demo(app, demo);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return explain(app, error, streams);
  }
  Settings settings;
  if (produce_command->parsed()) {
    take_made_settings(*produce_command, settings, produce.client.tracing);
    return run_produce(produce, streams.input_descriptor, streams.out, streams.err);
  }
  if (consume_command->parsed()) {
    take_made_settings(*consume_command, settings, consume.client.tracing);
    return run_consume(consume, streams.out, streams.err);
  }
  if (attach_command->parsed()) run_attach(attach, streams.err);
  if (config_command->parsed()) return run_config(config, streams.out);
  if (doctor_command->parsed()) {
    take_collectors_settings(*doctor_command, settings, doctor);
    return run_doctor(doctor, streams.out, streams.err);
  }
  if (headers.asked) {
    const int code = run_headers(headers, streams.in, streams.out, streams.err);
    CheckedOutput{streams.out}.flush();
    return code;
  }
  if (budget_command->parsed()) return run_budget(budget, streams.out);
  return run_demo(demo, streams.out);
}

}  // namespace

int run(int argc, const char* const* argv, const Streams& streams) noexcept {
  try {
    return parse_and_run(argc, argv, streams);
  } catch (const UsageError& error) {
    streams.err << "edgespan: " << error.what() << "\nRun with --help for more information.\n";
    return exit_usage;
  } catch (const std::exception& error) {
    streams.err << "edgespan: " << error.what() << std::endl;
    return exit_failed;
  }
}

}  // namespace edgespan::cli
