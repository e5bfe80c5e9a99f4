// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

namespace edgespan::cli {

// Reads a descriptor line by line with a bounded wait, so that delivery reports and signals are served while
// nobody types. Does not own the descriptor.
class LineReader {
 public:
  enum class Result { line, nothing_yet, end };

  explicit LineReader(int descriptor) noexcept : descriptor_{descriptor} {}

  // Waits up to `timeout_ms` for a whole line and puts it, without its newline, into `line`. The last line
  // may lack the newline. Throws RunError if the descriptor cannot be read.
  Result next(std::string& line, int timeout_ms);

 private:
  bool take_buffered(std::string& line);

  int descriptor_;
  std::string buffer_;
  std::size_t taken_ = 0;    // of buffer_, already given out
  std::size_t scanned_ = 0;  // of buffer_, known to hold no further newline
  bool ended_ = false;
};

}  // namespace edgespan::cli
