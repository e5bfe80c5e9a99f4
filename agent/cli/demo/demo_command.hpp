// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/demo/demo_options.hpp"

#include <ostream>

namespace edgespan::cli {

// `edgespan demo`: plays three scenes with a broker and a collector inside this process, and prints the trace
// that the collector has received of each as a tree. Returns the exit code. Throws RunError if a trace is not
// as expected or a span was lost.
int run_demo(const DemoOptions& options, std::ostream& out);

}  // namespace edgespan::cli
