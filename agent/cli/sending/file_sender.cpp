// SPDX-License-Identifier: Apache-2.0
#include "cli/sending/file_sender.hpp"

#include "cli/io/tool_errors.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace edgespan::cli {

FileSender::FileSender(const std::string& path)
    : descriptor_{open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644)} {
  const std::string what = "cannot write to 'file:" + path + "': ";
  struct stat found {};
  if (descriptor_ < 0 || fstat(descriptor_, &found) != 0) {
    const std::string why = std::generic_category().message(errno);
    if (descriptor_ >= 0) close(descriptor_);
    throw UsageError{what + why};
  }
  const bool regular = S_ISREG(found.st_mode);
  if (!regular || flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
    close(descriptor_);
    throw UsageError{what + (regular ? "another process is writing to it" : "it is not a regular file")};
  }
  whole_bytes_ = found.st_size;
}

FileSender::~FileSender() { close(descriptor_); }

Sender FileSender::sender() noexcept {
  const auto offer = [](void* self, std::span<const std::byte> batch, std::uint64_t) {
    return static_cast<FileSender*>(self)->offer(batch);
  };
  return {this, offer, [](void*) {}};
}

SendResult FileSender::offer(std::span<const std::byte> batch) noexcept {
  SendResult result;
  result.begun = 1;
  if (append(batch)) {
    result.outcome = Outcome::delivered;
    result.sent_bytes = static_cast<std::uint32_t>(batch.size());
    whole_bytes_ += static_cast<off_t>(batch.size());
    return result;
  }
  last_error_ = errno;
  result.outcome = Outcome::later;
  // If this fails, too, the next offer writes over the same place.
  [[maybe_unused]] const int cut = ftruncate(descriptor_, whole_bytes_);
  return result;
}

bool FileSender::append(std::span<const std::byte> batch) noexcept {
  off_t at = whole_bytes_;
  while (!batch.empty()) {
    const ssize_t written = pwrite(descriptor_, batch.data(), batch.size(), at);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    at += written;
    batch = batch.subspan(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace edgespan::cli
