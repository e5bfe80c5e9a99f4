// SPDX-License-Identifier: Apache-2.0
// The reasons stand in README.md beside this file.
#pragma once

#include <edgespan/limits.hpp>

namespace edgespan {

inline constexpr Limits board_limits{.ring_bytes = 8'192, .batch_bytes = 2'048, .spans_open_max = 8};

}  // namespace edgespan
