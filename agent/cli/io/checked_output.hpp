// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ostream>
#include <string_view>

namespace edgespan::cli {

// Standard output with every write checked. A full disk, or a reader that has gone away, is an error of the
// run.
class CheckedOutput {
 public:
  // Keeps a reference to `stream`.
  explicit CheckedOutput(std::ostream& stream) noexcept : stream_{stream} {}

  // Both throw RunError if the stream has failed. A line may wait in the stream until flush().
  void line(std::string_view text);
  void flush();

 private:
  [[noreturn]] void fail();

  std::ostream& stream_;
};

}  // namespace edgespan::cli
