// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace edgespan {

// What an agent takes, and what there is, as its start compares them.
struct MemoryRoom {
  std::uint64_t agent_bytes = 0;           // sizeof the agent
  std::uint64_t limit_bytes = UINT64_MAX;  // what the process may take; UINT64_MAX: nothing bounds it
  const char* limit_set_by = "";           // what sets the limit, for people; static
};

}  // namespace edgespan
