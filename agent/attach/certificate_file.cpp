// SPDX-License-Identifier: Apache-2.0
#include "attach/certificate_file.hpp"

#include <edgespan/posix_text_file.hpp>

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>

namespace edgespan::attach {
namespace {

// The bundles of distributions have a quarter of it.
constexpr std::size_t file_bytes_max = 1024 * 1024;

std::span<char> chars(std::span<std::byte> bytes) noexcept {
  return {reinterpret_cast<char*>(bytes.data()), bytes.size()};
}

const char* open_problem(int error) noexcept {
  if (error == ENOENT) return "no such file";
  if (error == EACCES) return "this program may not read it";
  if (error == EINVAL) return "is no regular file";
  return "cannot be opened";
}

}  // namespace

// Fresh memory is zero, so a NUL stands behind the file.
const char* CertificateFile::read(const char* path) noexcept {
  forget();
  posix::TextFile file;
  if (const int error = file.open(path); error != 0) return open_problem(error);
  constexpr std::size_t bytes = file_bytes_max + 1;
  void* const memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return "there is no memory for it";
  memory_ = {static_cast<std::byte*>(memory), bytes};
  const std::ptrdiff_t got = file.read(chars(memory_));
  if (got > 0 && static_cast<std::size_t>(got) <= file_bytes_max) {
    size_ = static_cast<std::size_t>(got);
    give_back_rest();
    return nullptr;
  }
  forget();
  return got < 0 ? "cannot be read" : got == 0 ? "is empty" : "is larger than 1 MiB";
}

// The whole pages behind the NUL.
void CertificateFile::give_back_rest() noexcept {
  const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  const std::size_t kept = (size_ + page) / page * page;
  if (kept >= memory_.size()) return;
  munmap(memory_.data() + kept, memory_.size() - kept);
  memory_ = memory_.first(kept);
}

void CertificateFile::forget() noexcept {
  if (!memory_.empty()) munmap(memory_.data(), memory_.size());
  memory_ = {};
  size_ = 0;
}

std::span<const std::byte> CertificateFile::encoded() const noexcept {
  const std::string_view text{reinterpret_cast<const char*>(memory_.data()), size_};
  const bool pem = text.find("-----BEGIN ") != std::string_view::npos;
  return memory_.first(size_ + (pem ? 1 : 0));
}

}  // namespace edgespan::attach
