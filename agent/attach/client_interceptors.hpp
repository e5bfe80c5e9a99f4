// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "attach/rdkafka_copy.hpp"

namespace edgespan::attach {

// Adds what traces a client to its configuration, under the plugin's lock. A configuration that has it
// already stays as it is.
rd_kafka_resp_err_t add_interceptors(rd_kafka_conf_t* conf, RdkafkaCopy& copy) noexcept;

}  // namespace edgespan::attach
