// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

namespace edgespan::cli {

// Reads a descriptor line by line. A read waits for a bounded time, so that its caller can serve delivery
// reports and signals while nobody types. Does not own the descriptor.
class LineReader {
 public:
  enum class Result { line, nothing_yet, end };

  explicit LineReader(int descriptor) noexcept : descriptor_{descriptor} {}

  // Waits up to `timeout_ms` for a whole line and puts it into `line`, without its newline. The last line may
  // lack the newline. Throws RunError if the descriptor cannot be read.
  Result next(std::string& line, int timeout_ms);

 private:
  bool take_buffered(std::string& line);

  int descriptor_;
  std::string buffer_;
  std::size_t taken_ = 0;    // bytes of buffer_ that were returned
  std::size_t scanned_ = 0;  // bytes of buffer_ that have no further newline
  bool ended_ = false;
};

}  // namespace edgespan::cli
