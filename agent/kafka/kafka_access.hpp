// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <edgespan/kafka_tracing.hpp>
#include <new>

namespace edgespan::kafka_detail {

struct KafkaState;

// The only friend of KafkaTracing. Other files call state_of() instead.
struct KafkaAccess {
  static constexpr std::size_t state_bytes = sizeof KafkaTracing::state_;

  static void* storage(KafkaTracing& kafka) noexcept { return kafka.state_.data(); }
  static KafkaState& state(KafkaTracing& kafka) noexcept {
    // clang 14 needs launder() on the bytes: they hold an object of another type.
    return *reinterpret_cast<KafkaState*>(std::launder(kafka.state_.data()));
  }
};

}  // namespace edgespan::kafka_detail
