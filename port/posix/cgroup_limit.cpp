// SPDX-License-Identifier: Apache-2.0
#include "wide_files.hpp"

#include "cgroup_limit.hpp"

#include "no_cancellation.hpp"
#include "without_interruption.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <span>
#include <string_view>
#include <system_error>

namespace edgespan::posix {
namespace {

constexpr std::size_t path_bytes_max = 1'023;
constexpr std::size_t membership_bytes_max = 4'096;

// A path that ends with a NUL. Empty once something did not fit.
class Path {
 public:
  Path& add(std::string_view piece) noexcept {
    if (piece.size() > path_bytes_max - size_) fits_ = false;
    if (!fits_) return *this;
    size_ += piece.copy(text_.data() + size_, piece.size());
    text_[size_] = '\0';
    return *this;
  }
  const char* text() const noexcept { return fits_ ? text_.data() : ""; }

 private:
  std::array<char, path_bytes_max + 1> text_{};
  std::size_t size_ = 0;
  bool fits_ = true;
};

// The file's first bytes, as many as `out` takes; none if it cannot be read.
std::string_view read_file(const char* path, std::span<char> out) noexcept {
  const NoCancellation shield;
  const int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return {};
  std::size_t size = 0;
  ssize_t more = 1;
  while (more > 0 && size < out.size()) {
    more = without_interruption([&] { return read(file, out.data() + size, out.size() - size); });
    if (more > 0) size += static_cast<std::size_t>(more);
  }
  close(file);
  return {out.data(), size};
}

// Such a file holds a number of bytes, or "max".
std::uint64_t limit_in(const char* path) noexcept {
  std::array<char, 32> text;
  const std::string_view said = read_file(path, text);
  std::uint64_t bytes = 0;
  const auto [end, error] = std::from_chars(said.data(), said.data() + said.size(), bytes);
  return error == std::errc{} && end != said.data() ? bytes : UINT64_MAX;
}

// What stands in front of the first `end`, all if there is none. Not by substr(), which names a function that
// throws.
std::string_view up_to(char end, std::string_view text) noexcept {
  return {text.data(), std::min(text.find(end), text.size())};
}

// The least limit from `cgroup` up to the root of all.
std::uint64_t limit_upwards(const char* mount, std::string_view hierarchy, std::string_view cgroup,
                            std::string_view file) noexcept {
  std::uint64_t least = UINT64_MAX;
  for (;; cgroup = {cgroup.data(), cgroup.rfind('/')}) {
    while (cgroup.ends_with('/')) cgroup.remove_suffix(1);
    Path path;
    least = std::min(least, limit_in(path.add(mount).add(hierarchy).add(cgroup).add(file).text()));
    if (cgroup.rfind('/') == cgroup.npos) return least;
  }
}

bool names_memory(std::string_view controllers) noexcept {
  while (!controllers.empty()) {
    const std::string_view first = up_to(',', controllers);
    if (first == "memory") return true;
    controllers.remove_prefix(std::min(first.size() + 1, controllers.size()));
  }
  return false;
}

}  // namespace

// A line a hierarchy, "number:controllers:/path". Version 2 has the number 0 and no controllers; beside a
// version 1 it may be mounted in a folder of its own.
std::uint64_t cgroup_limit(const char* membership, const char* mount) noexcept {
  std::array<char, membership_bytes_max> text;
  std::string_view rest = read_file(membership, text);
  std::uint64_t least = UINT64_MAX;
  while (!rest.empty()) {
    const std::string_view line = up_to('\n', rest);
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    const std::size_t first = line.find(':');
    const std::size_t second = first == line.npos ? line.npos : line.find(':', first + 1);
    if (second == line.npos) continue;
    const std::string_view controllers{line.data() + first + 1, second - first - 1};
    const std::string_view cgroup{line.data() + second + 1, line.size() - second - 1};
    if (controllers.empty()) {
      least = std::min(least, limit_upwards(mount, "", cgroup, "/memory.max"));
      least = std::min(least, limit_upwards(mount, "/unified", cgroup, "/memory.max"));
    } else if (names_memory(controllers)) {
      least = std::min(least, limit_upwards(mount, "/memory", cgroup, "/memory.limit_in_bytes"));
    }
  }
  return least;
}

}  // namespace edgespan::posix
