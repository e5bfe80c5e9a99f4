// SPDX-License-Identifier: Apache-2.0
// A span through all parts, as an application has them: from installed headers and libraries.
#include "gateway.hpp"

#include <edgespan/agent.hpp>
#include <edgespan/version.hpp>

#include <cstdio>

int trace_once() {
  static edgespan::Agent<> agent;
  const auto started = agent.start({.service_name = "gateway", .url = "http://127.0.0.1:9"});
  if (!started.ok()) {
    std::fprintf(stderr, "gateway: %s\n", started.text());
    return 1;
  }
  agent.tracing().span("work").finish();
  const bool counted = agent.books().finished == 1;
  static_cast<void>(agent.stop(0));
  if (!counted) {
    std::fprintf(stderr, "gateway: the span is not in the books\n");
    return 1;
  }
  std::printf("edgespan %s librdkafka %s\n", EDGESPAN_VERSION, rd_kafka_version_str());
  return 0;
}
