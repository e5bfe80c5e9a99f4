// SPDX-License-Identifier: Apache-2.0
#include <edgespan/otel_semantics.hpp>

#include "kafka/otel_functions.hpp"
#include "kafka/otel_span.hpp"

namespace edgespan {

void link_otel_semantics() noexcept {
  using namespace kafka_detail;
  static constexpr OtelFunctions all{put_otel_send, put_otel_poll, fill_otel, group_of};
  otel_functions.store(&all, std::memory_order_relaxed);
}

}  // namespace edgespan
