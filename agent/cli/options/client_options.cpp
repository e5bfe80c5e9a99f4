// SPDX-License-Identifier: Apache-2.0
#include "cli/options/client_options.hpp"

#include "cli/options/pair_option.hpp"
#include "cli/options/validators.hpp"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

namespace edgespan::cli {

void add_client_options(CLI::App& app, ClientOptions& options) {
  app.add_option("-b,--brokers", options.brokers,
                 "the brokers, host[:port] each; the port is 9092 unless given")
      ->type_name("BROKER[,BROKER]...")
      ->required()
      ->check(not_empty());
  add_pair_option(app, "-X,--property", options.properties,
                  "a setting of librdkafka; may be given several times", "PROPERTY=VALUE");
  add_tracing_options(app, options.tracing);
}

TracingOptions tracing_options(const ClientOptions& client) {
  TracingOptions tracing = client.tracing;
  tracing.sender.kafka_properties = client.properties;
  return tracing;
}

}  // namespace edgespan::cli
