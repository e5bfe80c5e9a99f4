// SPDX-License-Identifier: Apache-2.0
#include "cli/io/tool_errors.hpp"
#include "cli/tool.hpp"

#include <csignal>
#include <iostream>

#include <fcntl.h>
#include <unistd.h>

namespace {

// A closed standard descriptor would be given to the next socket, and what is printed would go to a broker.
// Standard output must be there; the other two may be replaced by nothing.
bool standard_descriptors() {
  for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (fcntl(descriptor, F_GETFD) >= 0) continue;
    const bool replaced = open("/dev/null", O_RDWR) == descriptor;
    if (!replaced || descriptor == STDOUT_FILENO) return false;
  }
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  if (!standard_descriptors()) {
    std::cerr << "edgespan: standard output is closed; give it a file, a pipe or /dev/null\n";
    return edgespan::cli::exit_failed;
  }
  // A reader that goes away is an error of a write, which is reported, not the end of the process.
  std::signal(SIGPIPE, SIG_IGN);
  return edgespan::cli::run(argc, argv, {std::cin, STDIN_FILENO, std::cout, std::cerr});
}
