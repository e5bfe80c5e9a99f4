// SPDX-License-Identifier: Apache-2.0
// The budget where no board is chosen.
#pragma once

#include <edgespan/kafka_limits.hpp>
#include <edgespan/limits.hpp>

namespace edgespan {

inline constexpr Limits board_limits{};
inline constexpr KafkaLimits board_kafka_limits{};

}  // namespace edgespan
