// SPDX-License-Identifier: Apache-2.0
#include "kafka/consume_call.hpp"

namespace edgespan::kafka_detail {

constinit thread_local const rd_kafka_t* consuming_client = nullptr;

}  // namespace edgespan::kafka_detail
