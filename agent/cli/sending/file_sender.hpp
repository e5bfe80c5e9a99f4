// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <edgespan/sender.hpp>

#include <sys/types.h>

#include <atomic>
#include <cstddef>
#include <span>
#include <string>

namespace edgespan::cli {

// Appends batches to a file, for a field trip without a network. As protobuf messages of one type may be
// joined, the file is at any time one ListOfSpans, which `curl --data-binary @file` posts to Zipkin. A batch
// is in it whole or not at all: what could be written of it is cut off again. Written is not synced: the page
// cache has it.
class FileSender {
 public:
  // Makes the file, or goes on with it. Throws UsageError if it cannot be written, is no regular file, or
  // another process is writing to it.
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
  off_t whole_bytes_ = 0;  // of batches that are in the file whole
  std::atomic<int> last_error_{0};
};

}  // namespace edgespan::cli
