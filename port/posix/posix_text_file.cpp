// SPDX-License-Identifier: Apache-2.0
#include <edgespan/posix_text_file.hpp>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace edgespan::posix {

int TextFile::open(const char* path) noexcept {
  close();
  // Not blocking: the open of a pipe waits for a writer.
  const int descriptor = ::open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
  if (descriptor < 0) return errno;
  struct stat about {};
  const int failed = ::fstat(descriptor, &about) != 0 ? errno : S_ISREG(about.st_mode) ? 0 : EINVAL;
  if (failed != 0) {
    ::close(descriptor);
    return failed;
  }
  descriptor_ = descriptor;
  return 0;
}

std::ptrdiff_t TextFile::read(std::span<char> out) noexcept {
  std::size_t got = 0;
  while (got < out.size()) {
    const ssize_t more = ::read(descriptor_, out.data() + got, out.size() - got);
    if (more == 0) break;
    if (more < 0 && errno == EINTR) continue;
    if (more < 0) return -1;
    got += static_cast<std::size_t>(more);
  }
  return static_cast<std::ptrdiff_t>(got);
}

void TextFile::close() noexcept {
  if (descriptor_ >= 0) ::close(descriptor_);
  descriptor_ = -1;
}

// The folder is read once for each file in it: so no list of names needs memory.
bool next_file(const char* folder, std::string_view suffix, std::string_view after, FileName& out) noexcept {
  DIR* const entries = ::opendir(folder);
  if (entries == nullptr) return false;
  FileName best{};
  // NOLINTNEXTLINE(concurrency-mt-unsafe): nobody else reads this stream
  while (const dirent* const entry = ::readdir(entries)) {
    const std::string_view name{entry->d_name};
    const bool fits = name.size() < best.size() && !name.starts_with('.') && name.ends_with(suffix);
    if (!fits || name <= after) continue;
    if (best[0] != '\0' && name >= std::string_view{best.data()}) continue;
    best = {};
    std::copy(name.begin(), name.end(), best.begin());
  }
  ::closedir(entries);
  if (best[0] == '\0') return false;
  out = best;
  return true;
}

}  // namespace edgespan::posix
