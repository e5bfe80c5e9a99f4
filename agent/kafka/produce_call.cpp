// SPDX-License-Identifier: Apache-2.0
#include "kafka/produce_call.hpp"

namespace edgespan::kafka_detail {

constinit thread_local bool produce_call_sent = false;

}  // namespace edgespan::kafka_detail
