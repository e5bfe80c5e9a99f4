// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/attach/attach_options.hpp"

#include <ostream>

namespace edgespan::cli {

// `edgespan attach`: becomes the program, with the plugin preloaded. Returns only by throwing: UsageError for
// a setting that is wrong, RunError for a program that cannot be traced or does not start.
[[noreturn]] void run_attach(const AttachOptions& options, std::ostream& err);

}  // namespace edgespan::cli
