// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/config/config_options.hpp"

#include <ostream>

namespace edgespan::cli {

// `edgespan config`: prints the effective settings as `name = value ; origin`, or the page of all settings.
// Returns exit_done. Throws UsageError with the sentence of Settings::load() for settings that are wrong.
int run_config(const ConfigOptions& options, std::ostream& out);

}  // namespace edgespan::cli
