// SPDX-License-Identifier: Apache-2.0
#include "cli/budget/budget_command.hpp"

#include "cli/budget/system_memory.hpp"
#include "cli/io/checked_output.hpp"
#include "cli/io/tool_errors.hpp"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <CLI/Validators.hpp>

#include <map>

namespace edgespan::cli {
namespace {

// 256K, 4M, 1000: bytes, or KiB and MiB.
CLI::Option* add_bytes(CLI::App& app, const std::string& name, std::uint64_t least, std::uint64_t most,
                       const std::string& help, const std::function<void(std::uint64_t)>& take) {
  const auto read = [=](const std::vector<std::string>& texts) {
    std::string text = texts.front();
    CLI::AsSizeValue{false}(text);
    take(std::stoull(text));
    return true;
  };
  const auto check = [=](std::string& text) -> std::string {
    std::string bytes = text;
    const std::string wanted = "'" + text + "' is not a size from " + std::to_string(least) + " to " +
                               std::to_string(most) + " bytes, as 4096, 64K or 1M";
    try {
      std::string fault = CLI::AsSizeValue{false}(bytes);
      if (!fault.empty() || bytes.find_first_not_of("0123456789") != bytes.npos) return wanted;
      const std::uint64_t value = std::stoull(bytes);
      return value >= least && value <= most ? std::string{} : wanted;
    } catch (const std::exception&) {
      return wanted;
    }
  };
  return app.add_option(name, read, help)->type_name("SIZE")->check(CLI::Validator{check, "", "size"});
}

// 90, 90s, 10m, 8h, 2d: seconds.
bool read_duration(const std::string& text, double& seconds) {
  static const std::map<std::string, double> units{{"", 1}, {"s", 1}, {"m", 60}, {"h", 3'600}, {"d", 86'400}};
  const std::size_t end = text.find_last_of("0123456789.");
  if (end == text.npos) return false;
  const auto unit = units.find(text.substr(end + 1));
  if (unit == units.end() || !CLI::detail::lexical_cast(text.substr(0, end + 1), seconds)) return false;
  seconds *= unit->second;
  return seconds >= 1 && seconds <= 31 * 86'400.0;
}

CLI::Option* add_duration(CLI::App& app, const std::string& name, const std::string& help,
                          std::optional<double>& out) {
  const auto take = [&out](const std::vector<std::string>& texts) {
    double seconds = 0;
    const bool read = read_duration(texts.front(), seconds);
    out = seconds;
    return read;
  };
  const auto check = [](std::string& text) {
    double seconds = 0;
    return read_duration(text, seconds) ? std::string{}
                                        : "'" + text + "' is not a time from 1s to 31d, as 90s, 10m or 8h";
  };
  return app.add_option(name, take, help)->type_name("TIME")->check(CLI::Validator{check, "", "time"});
}

void add_assumptions(CLI::App& app, BudgetOptions& options) {
  BudgetWish& wish = options.wish;
  add_bytes(app, "--span", 60, span_bytes_max, "a typical span, encoded (default: 135)",
            [&wish](std::uint64_t bytes) { wish.span_bytes = static_cast<std::uint32_t>(bytes); })
      ->group("Assumptions");
  add_bytes(app, "--message", 1, 1U << 20, "the largest payload that is sent (default: 1K)",
            [&wish](std::uint64_t bytes) { wish.message_bytes = static_cast<std::uint32_t>(bytes); })
      ->group("Assumptions");
  add_bytes(
      app, "--topic-batch", 1'000, 100U << 20,
      "the largest batch on the topics that are read, their max.message.bytes (default: Kafka's 1048588)",
      [&wish](std::uint64_t bytes) { wish.batch_bytes = static_cast<std::uint32_t>(bytes); })
      ->group("Assumptions");
  add_bytes(app, "--program", 64U << 10, 1U << 30,
            "pages of the program and its libraries that are resident (default: as measured on this system)",
            [&options](std::uint64_t bytes) { options.program_bytes = bytes; })
      ->group("Assumptions");
  app.add_option("--brokers", wish.brokers, "brokers of the cluster (default: 1)")
      ->type_name("N")
      ->check(CLI::Range(1, 64))
      ->group("Assumptions");
}

}  // namespace

CLI::App* add_budget(CLI::App& app, BudgetOptions& options) {
  CLI::App* command = app.add_subcommand(
      "budget", "the memory of a gateway with a producer and a consumer: limits, settings, what they buy");
  BudgetWish& wish = options.wish;
  CLI::Option* ram = add_bytes(*command, "--ram", 1, 80U << 20, "what edgespan itself may take",
                               [&wish](std::uint64_t bytes) { wish.ram_bytes = bytes; });
  CLI::Option* rate =
      command->add_option("--spans-per-second", wish.spans_per_second, "how many spans the gateway finishes")
          ->type_name("RATE")
          ->check(CLI::Range(0.001, 1e6));
  CLI::Option* offline = add_duration(
      *command, "--offline", "how long it may be without an uplink and lose no span", wish.offline_s);
  offline->needs(rate)->excludes(ram);
  command->add_flag("--gzip", wish.gzip, "with the memory that packed batches take (HttpConfig::gzip)");
  add_assumptions(*command, options);
  CLI::Option* cpp = command->add_flag("--cpp", options.cpp, "print a header to compile")->group("Form");
  command->add_flag("--json", options.json, "print JSON")->excludes(cpp)->group("Form");
  return command;
}

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
