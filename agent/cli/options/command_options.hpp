// SPDX-License-Identifier: Apache-2.0
// What the command line says, checked.
#pragma once

#include "cli/clients/client_conf.hpp"
#include "cli/doctor/doctor_command.hpp"
#include "cli/tracing/tool_agent.hpp"

#include <CLI/App.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace edgespan::cli {

// What producing and consuming have in common.
struct ClientOptions {
  std::string brokers;
  std::vector<Property> properties;  // -X, in their order
  TracingOptions agent;
};

// The agent's options, with what it has to know of the client's.
TracingOptions agent_of(const ClientOptions& client);

struct ProduceOptions {
  ClientOptions client;
  std::string topic;
  std::optional<std::uint64_t> count;     // none: values come from standard input
  std::optional<std::string> key_prefix;  // none: no keys
  std::vector<Property> headers;
};

struct ConsumeOptions {
  ClientOptions client;
  std::vector<std::string> topics;
  std::string group;
  std::optional<std::uint64_t> count;  // none: no end by count
  std::optional<double> timeout_s;     // none: no end by silence
  std::optional<std::string> process;  // name of the span that each record gets; none: no span
};

struct DemoOptions {
  SenderOptions zipkin;  // no URL: the demo's own collector only
};

// Each adds one subcommand to `app`; parsing writes to `options`, which must live as long as `app`.
CLI::App* add_produce(CLI::App& app, ProduceOptions& options);
CLI::App* add_consume(CLI::App& app, ConsumeOptions& options);
CLI::App* add_demo(CLI::App& app, DemoOptions& options);
CLI::App* add_doctor(CLI::App& app, DoctorOptions& options);

}  // namespace edgespan::cli
