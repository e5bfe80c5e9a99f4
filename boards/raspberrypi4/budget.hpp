// SPDX-License-Identifier: Apache-2.0
// The reasons stand in README.md beside this file.
#pragma once

#include <edgespan/kafka_limits.hpp>
#include <edgespan/limits.hpp>

namespace edgespan {

inline constexpr Limits board_limits{.ring_bytes = 4'194'304, .batch_bytes = 32'768, .spans_open_max = 64};

inline constexpr KafkaLimits board_kafka_limits{
    .inflight_max = 4'096, .poll_records_max = 1'000, .poll_topics_max = 32};

}  // namespace edgespan
