// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/options/client_options.hpp"

#include <CLI/App.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace edgespan::cli {

struct ProduceOptions {
  ClientOptions client;
  std::string topic;
  std::optional<std::uint64_t> count;     // none: values come from standard input
  std::optional<std::string> key_prefix;  // none: no keys
  std::vector<Property> headers;
};

// Adds the subcommand. Parsing writes to `options`, which must live as long as `app`.
CLI::App* add_produce(CLI::App& app, ProduceOptions& options);

}  // namespace edgespan::cli
