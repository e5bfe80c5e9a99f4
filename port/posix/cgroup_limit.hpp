// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace edgespan::posix {

// The least memory limit of a process' cgroup and of all above it; UINT64_MAX: there is none, or it cannot be
// read. `membership`: the file that names the cgroup, such as /proc/self/cgroup. `mount`: where cgroups are
// mounted, such as /sys/fs/cgroup; those of version 1 lie in its folder "memory". Allocates nothing.
std::uint64_t cgroup_limit(const char* membership, const char* mount) noexcept;

}  // namespace edgespan::posix
