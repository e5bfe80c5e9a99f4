// SPDX-License-Identifier: Apache-2.0
#include "cli/io/tool_errors.hpp"
#include "cli/tool.hpp"

#include <csignal>
#include <iostream>

#include <fcntl.h>
#include <unistd.h>

namespace {

// The next socket would get the number of a closed standard descriptor, and what is printed would go to a
// broker. So a closed input or error output becomes /dev/null; without a standard output there is nothing to
// do.
bool open_standard_descriptors() {
  for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (fcntl(descriptor, F_GETFD) >= 0) continue;
    const bool replaced = open("/dev/null", O_RDWR) == descriptor;
    if (!replaced || descriptor == STDOUT_FILENO) return false;
  }
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  if (!open_standard_descriptors()) {
    std::cerr << "edgespan: standard output is closed; give it a file, a pipe or /dev/null\n";
    return edgespan::cli::exit_failed;
  }
  // A write to a reader that has gone away fails, which is reported, instead of ending the process.
  std::signal(SIGPIPE, SIG_IGN);
  return edgespan::cli::run(argc, argv, {std::cin, STDIN_FILENO, std::cout, std::cerr});
}
