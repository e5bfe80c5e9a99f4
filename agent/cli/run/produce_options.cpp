// SPDX-License-Identifier: Apache-2.0
#include "cli/run/produce_options.hpp"

#include "cli/options/pair_option.hpp"
#include "cli/options/validators.hpp"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

namespace edgespan::cli {

CLI::App* add_produce(CLI::App& app, ProduceOptions& options) {
  CLI::App* command = app.add_subcommand(
      "produce", "send traced records: each line of standard input is the value of one, or -n made-up ones");
  options.client.tracing.service = "edgespan-produce";
  command->add_option("-t,--topic", options.topic, "topic to send to")
      ->type_name("TOPIC")
      ->required()
      ->check(topic_name());
  command
      ->add_option("-n,--count", options.count,
                   "send so many records with made-up values (default: the lines of standard input)")
      ->type_name("RECORDS")
      ->check(whole_number_between(1, 1e18, "a whole number of 1 or more"));
  command
      ->add_option("-k,--key-prefix", options.key_prefix,
                   "give the records the keys PREFIX0, PREFIX1... (default: no keys)")
      ->type_name("PREFIX");
  add_pair_option(*command, "-H,--header", options.headers,
                  "a header of every record; may be given several times", "NAME=VALUE");
  add_client_options(*command, options.client);
  command->footer(
      "A line for each record on stdout, when it is delivered or has failed. The counts of spans on stderr.");
  return command;
}

}  // namespace edgespan::cli
