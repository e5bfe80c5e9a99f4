// SPDX-License-Identifier: Apache-2.0
#include "cli/io/checked_output.hpp"

#include "cli/io/tool_errors.hpp"

#include <cerrno>
#include <string>
#include <system_error>

namespace edgespan::cli {

void CheckedOutput::line(std::string_view text) {
  errno = 0;
  if (!(stream_ << text << '\n')) fail();
}

void CheckedOutput::flush() {
  errno = 0;
  if (!stream_.flush()) fail();
}

void CheckedOutput::fail() {
  const int error = errno;
  throw RunError{"cannot write to standard output: " +
                 (error == 0 ? std::string{"the stream failed"} : std::generic_category().message(error)) +
                 "; give it a file with room, or a reader that stays"};
}

}  // namespace edgespan::cli
