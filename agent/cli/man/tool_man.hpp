// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/App.hpp>

#include <string>

namespace edgespan::cli {

// The manual page edgespan(1), made from the commands and options of the tool. Without the last newline.
std::string tool_man(const CLI::App& app);

}  // namespace edgespan::cli
