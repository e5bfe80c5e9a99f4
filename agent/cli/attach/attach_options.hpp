// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/App.hpp>

#include <string>
#include <vector>

namespace edgespan::cli {

struct AttachOptions {
  std::vector<std::string> command;   // the program and its arguments
  std::vector<std::string> settings;  // NAME=VALUE
  std::string plugin;                 // the plugin's file; empty: the one that was installed with the tool
};

// Adds the subcommand. Parsing writes to `options`, which must live as long as `app`.
CLI::App* add_attach(CLI::App& app, AttachOptions& options);

}  // namespace edgespan::cli
