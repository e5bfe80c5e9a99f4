// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <librdkafka/rdkafka.h>

#include <cstdint>

namespace edgespan::kafka_detail {

inline constexpr const char* message_bytes_max_setting = "message.max.bytes";

// A setting of librdkafka that is a number; 0 if it is none.
std::uint32_t conf_number(const rd_kafka_conf_t* conf, const char* name) noexcept;

}  // namespace edgespan::kafka_detail
