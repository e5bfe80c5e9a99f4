// SPDX-License-Identifier: Apache-2.0
#include "cli/output.hpp"

#include "cli/error.hpp"

#include <cerrno>
#include <string>
#include <system_error>

namespace edgespan::cli {

void Output::line(std::string_view text) {
  errno = 0;
  if (!(stream_ << text << '\n')) fail();
}

void Output::flush() {
  errno = 0;
  if (!stream_.flush()) fail();
}

void Output::fail() {
  const int error = errno;
  throw RunError{"cannot write to standard output: " +
                 (error == 0 ? std::string{"the stream failed"} : std::generic_category().message(error)) +
                 "; give it somewhere with room that stays open"};
}

}  // namespace edgespan::cli
