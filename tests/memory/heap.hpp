// SPDX-License-Identifier: Apache-2.0
// The program's heap, counted at malloc and free. For static programs, linked with --wrap; the trap looks at
// each allocation first.
#pragma once

#include <cstddef>

namespace edgespan::test {

std::size_t heap_live_bytes();  // as the allocator rounded them up
std::size_t heap_peak_bytes();

}  // namespace edgespan::test
