// SPDX-License-Identifier: Apache-2.0
#include "cli/io/line_reader.hpp"

#include "cli/io/tool_errors.hpp"

#include <array>
#include <cerrno>
#include <system_error>

#include <poll.h>
#include <unistd.h>

namespace edgespan::cli {
namespace {

[[noreturn]] void fail(int error) {
  throw RunError{"cannot read standard input: " + std::generic_category().message(error)};
}

}  // namespace

bool LineReader::take_buffered(std::string& line) {
  const std::size_t newline = buffer_.find('\n', scanned_);
  if (newline != buffer_.npos) {
    line.assign(buffer_, taken_, newline - taken_);
    taken_ = scanned_ = newline + 1;
    return true;
  }
  if (ended_ && taken_ < buffer_.size()) {
    line.assign(buffer_, taken_);
    taken_ = scanned_ = buffer_.size();
    return true;
  }
  buffer_.erase(0, taken_);
  taken_ = 0;
  scanned_ = buffer_.size();
  return false;
}

LineReader::Result LineReader::next(std::string& line, int timeout_ms) {
  if (take_buffered(line)) return Result::line;
  if (ended_) return Result::end;
  pollfd wait{descriptor_, POLLIN, 0};
  const int ready = poll(&wait, 1, timeout_ms);
  if (ready < 0 && errno != EINTR) fail(errno);
  if (ready <= 0) return Result::nothing_yet;
  std::array<char, 16'384> bytes;
  const ssize_t count = read(descriptor_, bytes.data(), bytes.size());
  if (count < 0) {
    if (errno == EINTR || errno == EAGAIN) return Result::nothing_yet;
    fail(errno);
  }
  if (count == 0) ended_ = true;
  buffer_.append(bytes.data(), static_cast<std::size_t>(count));
  if (take_buffered(line)) return Result::line;
  return ended_ ? Result::end : Result::nothing_yet;
}

}  // namespace edgespan::cli
