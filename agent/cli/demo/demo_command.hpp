// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/demo/demo_options.hpp"

#include <ostream>

namespace edgespan::cli {

// `edgespan demo`: a broker and a collector inside this process, three scenes, each shown as the tree that
// the collector received. Returns the exit code; throws RunError if a trace is not what it should be or a
// span was lost.
int run_demo(const DemoOptions& options, std::ostream& out, std::ostream& err);

}  // namespace edgespan::cli
