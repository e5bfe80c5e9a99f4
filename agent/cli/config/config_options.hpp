// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/App.hpp>

#include <string>
#include <vector>

namespace edgespan::cli {

// What `edgespan config` shows.
struct ConfigOptions {
  std::string program;                  // whose settings; empty: the tool's own
  std::vector<std::string> properties;  // NAME=VALUE
  bool agent = false;                   // an agent's presets, instead of the plugin's
  bool page = false;                    // the table as a page instead
  bool man = false;                     // the table as a manual page instead
};

// Adds the subcommand. Parsing writes to `options`, which must live as long as `app`.
CLI::App* add_config(CLI::App& app, ConfigOptions& options);

}  // namespace edgespan::cli
