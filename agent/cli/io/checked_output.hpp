// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ostream>
#include <string_view>

namespace edgespan::cli {

// Standard output, with every write checked: a full disk or a reader that went away is an error of the run,
// not something to be silent about.
class CheckedOutput {
 public:
  explicit CheckedOutput(std::ostream& stream) noexcept : stream_{stream} {}

  // Throws RunError if the stream has failed. Lines may wait in the stream until flush().
  void line(std::string_view text);
  void flush();

 private:
  [[noreturn]] void fail();

  std::ostream& stream_;
};

}  // namespace edgespan::cli
