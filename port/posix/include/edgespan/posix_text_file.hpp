// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

namespace edgespan::posix {

// A regular file that is read from its beginning, in pieces. Reads block as long as the disk does: for the
// time before an agent starts. Not for two threads at once.
class TextFile {
 public:
  TextFile() = default;
  ~TextFile() { close(); }
  TextFile(const TextFile&) = delete;
  TextFile& operator=(const TextFile&) = delete;

  // Opens the file, and closes the one before. Returns 0, or errno; EINVAL for what is no regular file: a
  // pipe would hold up its reader.
  int open(const char* path) noexcept;

  // Fills `out` as far as the file reaches. Returns the number of bytes; 0 at its end; -1 for an error.
  std::ptrdiff_t read(std::span<char> out) noexcept;

  void close() noexcept;

 private:
  int descriptor_ = -1;
};

using FileName = std::array<char, 256>;

// The name in `folder` that follows `after` in the order of bytes, among those that end with `suffix` and do
// not begin with a dot. `after` empty: the first one. False: there is none, or the folder cannot be read.
// `out` ends with a NUL, and may be what `after` shows. Allocates, as opendir() does.
bool next_file(const char* folder, std::string_view suffix, std::string_view after, FileName& out) noexcept;

}  // namespace edgespan::posix
