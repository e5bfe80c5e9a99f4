// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/options/client_options.hpp"

#include <CLI/App.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace edgespan::cli {

struct ConsumeOptions {
  ClientOptions client;
  std::vector<std::string> topics;
  std::string group;
  std::optional<std::uint64_t> count;  // none: no end by count
  std::optional<double> timeout_s;     // without a record; none: no end by silence
  // Name of the span that each record gets; empty: the usual one; none: no span.
  std::optional<std::string> process;
};

// Adds the subcommand. Parsing writes to `options`, which must live as long as `app`.
CLI::App* add_consume(CLI::App& app, ConsumeOptions& options);

}  // namespace edgespan::cli
