// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/App.hpp>

#include <string>
#include <utility>
#include <vector>

namespace edgespan::cli {

// Adds an option that may be given several times, each time with one `name=value`. `shown` stands for the
// value in --help. Parsing writes to `out`, which must live as long as `app`.
CLI::Option* add_pair_option(CLI::App& app, const std::string& name,
                             std::vector<std::pair<std::string, std::string>>& out, const std::string& help,
                             const std::string& shown);

}  // namespace edgespan::cli
