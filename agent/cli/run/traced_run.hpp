// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/io/tool_errors.hpp"
#include "cli/options/client_options.hpp"
#include "cli/tracing/stop_report.hpp"

#include <edgespan/posix_thread_stack.hpp>
#include <edgespan/rdkafka_memory.hpp>

#include <ostream>

namespace edgespan::cli {

// Runs the work of a command with an agent of its own, then stops the agent and reports to `err`. Returns the
// command's exit code. `make` takes the agent and returns the work, whose Kafka clients end before the agent
// does. What `make` throws is passed on; an error of the work's run is reported, and its spans are delivered.
template <typename Make>
int run_traced(const ClientOptions& client, std::ostream& err, Make make) {
  // The system's default would be larger. A failure changes nothing else.
  static_cast<void>(posix::default_thread_stack(rdkafka_thread_stack_bytes));
  ToolAgent agent{tracing_options(client)};
  bool complete = false;
  {
    auto work = make(agent);
    try {
      work.run();
      complete = work.complete();
    } catch (const RunError& error) {
      err << "edgespan: " << error.what() << std::endl;
    }
  }
  const bool delivered = stop_and_report(agent, err);
  return complete && delivered ? exit_done : exit_failed;
}

}  // namespace edgespan::cli
