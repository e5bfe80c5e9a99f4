// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/clients/client_conf.hpp"
#include "cli/options/tracing_options.hpp"

#include <CLI/App.hpp>

#include <string>
#include <vector>

namespace edgespan::cli {

// What `produce` and `consume` have in common.
struct ClientOptions {
  std::string brokers;
  std::vector<Property> properties;  // -X, in the order of the command line
  TracingOptions tracing;
};

// Adds the options. Parsing writes to `options`, which must live as long as `app`.
void add_client_options(CLI::App& app, ClientOptions& options);

// The options about tracing, with the client's properties for a sender over Kafka.
TracingOptions tracing_options(const ClientOptions& client);

}  // namespace edgespan::cli
