// SPDX-License-Identifier: Apache-2.0
// The reasons stand in README.md beside this file.
#pragma once

#include <edgespan/kafka_limits.hpp>
#include <edgespan/limits.hpp>

namespace edgespan {

inline constexpr Limits board_limits{.ring_bytes = 131'072, .batch_bytes = 4'096, .spans_open_max = 16};

inline constexpr KafkaLimits board_kafka_limits{
    .inflight_max = 256, .poll_records_max = 100, .poll_topics_max = 8};

}  // namespace edgespan
