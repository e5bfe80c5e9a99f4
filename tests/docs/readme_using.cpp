// SPDX-License-Identifier: Apache-2.0
// The README's program in a file that takes in the whole namespace, beside objects whose names a user would
// choose. It is compiled only.
#include <edgespan/agent.hpp>
#include <edgespan/basic_agent.hpp>
#include <edgespan/kafka_constrain.hpp>

using namespace edgespan;

static Agent<> posix_agent;
static Tracing& tracing = posix_agent.tracing();
static KafkaTracing& kafka = posix_agent.kafka();
static Reporter& reporter = posix_agent.reporter();
static posix::Port& port = posix_agent.port();
static HttpSender http;
static Memory<> memory;
static BasicAgent<> core;

#include "readme/1.inc"

int main(int argc, char**) {
  static_cast<void>(tracing.enabled());
  static_cast<void>(kafka.install(nullptr));
  static_cast<void>(reporter.step());
  static_cast<void>(port.clock());
  static_cast<void>(http.sender());
  static_cast<void>(core.stop(0));
  return argc == 0 && memory.batch.empty() ? run(nullptr, nullptr) : 0;
}
