// SPDX-License-Identifier: Apache-2.0
#include "cli/demo/demo_world.hpp"

#include <edgespan/log_ids.hpp>

namespace edgespan::cli {

TracingOptions demo_tracing_options(const DemoWorld& world, const std::string& service) {
  TracingOptions options;
  options.service = service;
  options.sender.url = world.collector_url;
  return options;
}

// The demo reports errors itself. librdkafka's log would only tell how its clients end.
std::vector<Property> demo_client_settings(const DemoWorld& world) {
  return {{"bootstrap.servers", world.brokers}, {"log_level", "2"}};
}

std::string demo_log_line(const std::string& service, const std::string& text) {
  const LogIds ids = log_ids();
  return "  log  " + service + ": " + text + "  trace=" + std::string{ids.trace_id()} +
         " span=" + std::string{ids.span_id()};
}

}  // namespace edgespan::cli
