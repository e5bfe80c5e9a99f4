// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace edgespan::posix {

// How much memory the system lets a process take.
struct MemoryLimit {
  std::uint64_t bytes = UINT64_MAX;  // UINT64_MAX: nothing bounds it
  const char* set_by = "";           // "RLIMIT_AS", "RLIMIT_DATA" or "its cgroup"; static
};

// The least of what bounds this process: RLIMIT_AS, RLIMIT_DATA, and the memory limit of its cgroup or of a
// cgroup above it (memory.max; in version 1 memory.limit_in_bytes). What cannot be read bounds nothing. Reads
// a few small files of the kernel; allocates nothing. Any thread.
MemoryLimit memory_limit() noexcept;

}  // namespace edgespan::posix
