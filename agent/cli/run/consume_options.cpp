// SPDX-License-Identifier: Apache-2.0
#include "cli/run/consume_options.hpp"

#include "cli/options/validators.hpp"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

namespace edgespan::cli {

CLI::App* add_consume(CLI::App& app, ConsumeOptions& options) {
  CLI::App* command = app.add_subcommand("consume", "poll traced records and print them with their headers");
  options.client.tracing.service = "edgespan-consume";
  const auto take_topics = [&options](const std::vector<std::string>& texts) {
    options.topics = split_list(texts.front());
    return true;
  };
  command->add_option("-t,--topic", take_topics, "topics to read; a new group begins at their first record")
      ->type_name("TOPIC[,TOPIC]...")
      ->required()
      ->check(topic_names());
  command->add_option("-g,--group", options.group, "consumer group to join")
      ->type_name("GROUP")
      ->required()
      ->check(not_empty());
  command->add_option("-n,--count", options.count, "stop after so many records (default: do not stop)")
      ->type_name("RECORDS")
      ->check(whole_number_between(1, 1e18, "a whole number of 1 or more"));
  command
      ->add_option("--timeout", options.timeout_s,
                   "stop when no record has come for so long, 0.001 to 1000000 s (default: do not stop)")
      ->type_name("SECONDS")
      ->check(number_between(0.001, 1e6, "a number of seconds from 0.001 to 1000000"));
  const auto take_name = [&options](const std::vector<std::string>& texts) {
    options.process = texts.empty() ? std::string{} : texts.front();
    return true;
  };
  command
      ->add_option(
          "--process", take_name,
          "make a span for the work on each record; NAME is process unless given, with the topic behind it "
          "where the setting semantics is otel (default: no span)")
      ->type_name("[NAME]")
      ->expected(0, 1);
  add_client_options(*command, options.client);
  command->footer("A line for each record on stdout. The counts of spans on stderr.");
  return command;
}

}  // namespace edgespan::cli
