// SPDX-License-Identifier: Apache-2.0
// The budget where no board is chosen and Kafka is not built.
#pragma once

#include <edgespan/limits.hpp>

namespace edgespan {

inline constexpr Limits board_limits{};

}  // namespace edgespan
