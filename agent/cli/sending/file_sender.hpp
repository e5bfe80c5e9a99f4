// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <edgespan/sender.hpp>

#include <sys/types.h>

#include <atomic>
#include <cstddef>
#include <span>
#include <string>

namespace edgespan::cli {

// Appends batches to a file, for places without a network. Protobuf messages of one type can be joined, so
// the file is one ListOfSpans at any time, which `curl --data-binary @file` posts to Zipkin. The file holds a
// batch whole or not at all: part of one is cut off again. A batch counts as delivered when the system's page
// cache has it; it is not synced to the disk.
class FileSender {
 public:
  // Creates the file, or appends to it. Throws UsageError if it cannot be written, is no regular file, or is
  // being written by another process.
  explicit FileSender(const std::string& path);
  FileSender(const FileSender&) = delete;
  FileSender& operator=(const FileSender&) = delete;
  ~FileSender();

  Sender sender() noexcept;

  int last_error() const noexcept { return last_error_; }  // errno of the last write that failed, or 0

 private:
  SendResult offer(std::span<const std::byte> batch) noexcept;
  bool append(std::span<const std::byte> batch) noexcept;

  int descriptor_ = -1;
  off_t whole_bytes_ = 0;  // of the batches that the file holds
  std::atomic<int> last_error_{0};
};

}  // namespace edgespan::cli
