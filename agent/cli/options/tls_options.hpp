// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/sending/tls_files.hpp"

#include <CLI/App.hpp>

#include <string>

namespace edgespan::cli {

// Adds --ca, --cert and --key, in that group of --help. Parsing writes to `files`, which must live as long as
// `app`.
void add_tls_options(CLI::App& app, TlsFiles& files, const std::string& group);

}  // namespace edgespan::cli
