// SPDX-License-Identifier: Apache-2.0
#include "wide_files.hpp"

#include <edgespan/posix_memory_limit.hpp>

#include "cgroup_limit.hpp"

#include <sys/resource.h>

namespace edgespan::posix {
namespace {

std::uint64_t limit_of(decltype(RLIMIT_AS) resource) noexcept {
  rlimit limit{};
  if (getrlimit(resource, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return UINT64_MAX;
  return limit.rlim_cur;
}

}  // namespace

MemoryLimit memory_limit() noexcept {
  MemoryLimit least;
  const auto take = [&least](std::uint64_t bytes, const char* set_by) {
    if (bytes < least.bytes) least = {bytes, set_by};
  };
  take(limit_of(RLIMIT_AS), "RLIMIT_AS");
  take(limit_of(RLIMIT_DATA), "RLIMIT_DATA");
  take(cgroup_limit("/proc/self/cgroup", "/sys/fs/cgroup"), "its cgroup");
  return least;
}

}  // namespace edgespan::posix
