// SPDX-License-Identifier: Apache-2.0
#include "kafka/otel_functions.hpp"

namespace edgespan::kafka_detail {

constinit std::atomic<const OtelFunctions*> otel_functions{nullptr};

}  // namespace edgespan::kafka_detail
