// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/doctor/doctor_options.hpp"

#include <edgespan/settings.hpp>

#include <CLI/App.hpp>

namespace edgespan::cli {

// Reads the settings of this machine into `settings`. What was made there for the collector that `options`
// asks about, headers and files of certificates, takes the place of what the parsed command line does not
// give; so the doctor is let in where the agent is. Nobody else gets it, for it may be a key. Throws
// UsageError for settings that are wrong. Of a program it reads nothing.
void take_collectors_settings(const CLI::App& command, Settings& settings, DoctorOptions& options);

}  // namespace edgespan::cli
