// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace edgespan::test {

// Called before every allocation from the arena; true: that allocation fails, as if the arena were full.
using BeforeAllocation = bool (*)(std::uint64_t number);

// Counts from 1 again. nullptr: all allocations go ahead.
void watch_allocations(BeforeAllocation before);
std::uint64_t allocations();

}  // namespace edgespan::test
