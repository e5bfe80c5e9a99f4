// SPDX-License-Identifier: Apache-2.0
#include "cli/budget/budget_options.hpp"

#include "cli/options/validators.hpp"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <CLI/Validators.hpp>

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace edgespan::cli {
namespace {

// An option that takes a size, such as 256K, 4M or 1000, in bytes; K and M are KiB and MiB.
CLI::Option* add_size_option(CLI::App& app, const std::string& name, std::uint64_t least, std::uint64_t most,
                             const std::string& help, const std::function<void(std::uint64_t)>& take) {
  const auto read = [=](const std::vector<std::string>& texts) {
    std::string text = texts.front();
    CLI::AsSizeValue{false}(text);
    take(std::stoull(text));
    return true;
  };
  const auto check = [=](std::string& text) -> std::string {
    std::string bytes = text;
    std::string wanted = "'" + text + "' is not a size from " + std::to_string(least) + " to " +
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

// Reads a time such as 90, 90s, 10m, 8h or 2d, into seconds.
bool read_duration(const std::string& text, double& seconds) {
  static const std::map<std::string, double> units{{"", 1}, {"s", 1}, {"m", 60}, {"h", 3'600}, {"d", 86'400}};
  const std::size_t end = text.find_last_of("0123456789.");
  if (end == text.npos) return false;
  const auto unit = units.find(text.substr(end + 1));
  if (unit == units.end() || !CLI::detail::lexical_cast(text.substr(0, end + 1), seconds)) return false;
  seconds *= unit->second;
  return seconds >= 1 && seconds <= 31 * 86'400.0;
}

CLI::Option* add_time_option(CLI::App& app, const std::string& name, const std::string& help,
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
  add_size_option(app, "--span", 60, span_bytes_max,
                  "encoded size of a typical span, in bytes (default: 135)",
                  [&wish](std::uint64_t bytes) { wish.span_bytes = static_cast<std::uint32_t>(bytes); })
      ->group("Assumptions");
  add_size_option(app, "--message", 1, 1U << 20,
                  "largest value of a record that is sent, in bytes (default: 1K)",
                  [&wish](std::uint64_t bytes) { wish.message_bytes = static_cast<std::uint32_t>(bytes); })
      ->group("Assumptions");
  add_size_option(
      app, "--topic-batch", 1'000, 100U << 20,
      "largest batch on the topics that are read, their max.message.bytes (default: Kafka's, 1048588)",
      [&wish](std::uint64_t bytes) { wish.batch_bytes = static_cast<std::uint32_t>(bytes); })
      ->group("Assumptions");
  add_size_option(
      app, "--program", 64U << 10, 1U << 30,
      "resident pages of the program and its libraries, in bytes (default: as measured on this system)",
      [&options](std::uint64_t bytes) { options.program_bytes = bytes; })
      ->group("Assumptions");
  app.add_option("--brokers", wish.brokers, "number of brokers in the cluster, 1 to 64 (default: 1)")
      ->type_name("N")
      ->check(whole_number_between(1, 64, "a whole number from 1 to 64"))
      ->group("Assumptions");
}

}  // namespace

CLI::App* add_budget(CLI::App& app, BudgetOptions& options) {
  CLI::App* command = app.add_subcommand(
      "budget",
      "work out the memory of a gateway with a producer and a consumer: limits, settings, what they buy");
  BudgetWish& wish = options.wish;
  CLI::Option* ram = add_size_option(*command, "--ram", 1, 80U << 20,
                                     "memory that edgespan itself may take, in bytes, up to 80M",
                                     [&wish](std::uint64_t bytes) { wish.ram_bytes = bytes; });
  CLI::Option* rate = command
                          ->add_option("--spans-per-second", wish.spans_per_second,
                                       "spans that the gateway finishes in a second, 0.001 to 1000000")
                          ->type_name("RATE")
                          ->check(number_between(0.001, 1e6, "a number from 0.001 to 1000000"));
  CLI::Option* offline =
      add_time_option(*command, "--offline",
                      "longest time without an uplink in which no span is lost, 1s to 31d", wish.offline_s);
  offline->needs(rate)->excludes(ram);
  command->add_flag("--gzip", wish.gzip, "count the memory for compressed batches (HttpConfig::gzip)");
  CLI::Option* plugin =
      command
          ->add_flag("--plugin", options.plugin,
                     "what libedgespan-rdkafka.so takes in a program, with the settings of this machine")
          ->excludes(ram)
          ->excludes(rate);
  command
      ->add_option("-X,--property", options.properties,
                   "with --plugin: a property that the program is given; may be given several times")
      ->type_name("NAME=VALUE")
      ->needs(plugin);
  add_assumptions(*command, options);
  CLI::Option* cpp = command->add_flag("--cpp", options.cpp, "print the plan as a C++ header")
                         ->excludes(plugin)
                         ->group("Form");
  command->add_flag("--json", options.json, "print the plan as JSON")->excludes(cpp)->group("Form");
  return command;
}

}  // namespace edgespan::cli
