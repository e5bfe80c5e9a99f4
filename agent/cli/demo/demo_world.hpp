// SPDX-License-Identifier: Apache-2.0
// What the services of the demo have in common.
#pragma once

#include "cli/clients/client_conf.hpp"
#include "cli/options/tracing_options.hpp"

#include <string>
#include <vector>

namespace edgespan::cli {

// Where every service of the demo connects to.
struct DemoWorld {
  std::string brokers;
  std::string collector_url;
};

TracingOptions demo_tracing_options(const DemoWorld& world, const std::string& service);

std::vector<Property> demo_client_settings(const DemoWorld& world);

// The log line of a service, with the ids of this thread's span.
std::string demo_log_line(const std::string& service, const std::string& text);

}  // namespace edgespan::cli
