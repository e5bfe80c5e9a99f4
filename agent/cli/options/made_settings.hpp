// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/options/tracing_options.hpp"

#include <edgespan/settings.hpp>

#include <CLI/App.hpp>

namespace edgespan::cli {

// Reads the settings of this machine into `settings`, which must outlive the use of `options`. What somebody
// made there takes the place of what the parsed command line does not give. Throws UsageError for settings
// that are wrong.
void take_made_settings(const CLI::App& command, Settings& settings, TracingOptions& options);

}  // namespace edgespan::cli
