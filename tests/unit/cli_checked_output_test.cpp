// SPDX-License-Identifier: Apache-2.0
// Output that cannot be written is an error of the run.
#include "cli/io/checked_output.hpp"
#include "cli/io/tool_errors.hpp"
#include "support/test.hpp"

#include <fstream>
#include <string>

namespace {

using namespace edgespan;
using namespace edgespan::cli;

EDGESPAN_TEST(cli_output_that_fails_is_an_error, "cli") {
  std::ofstream full{"/dev/full"};
  if (!full) TEST_IGNORE_MESSAGE("there is no /dev/full here");
  CheckedOutput output{full};
  std::string message;
  try {
    output.line("too much");
    output.flush();
  } catch (const RunError& error) {
    message = error.what();
  }
  TEST_ASSERT_TRUE(message.find("standard output") != message.npos);
}

}  // namespace
