// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/sending/sender_options.hpp"

#include <CLI/App.hpp>

namespace edgespan::cli {

struct DemoOptions {
  SenderOptions zipkin;  // a Zipkin that gets the spans, too; without a URL there is none
};

// Adds the subcommand. Parsing writes to `options`, which must live as long as `app`.
CLI::App* add_demo(CLI::App& app, DemoOptions& options);

}  // namespace edgespan::cli
