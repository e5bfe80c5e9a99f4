// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <librdkafka/rdkafka.h>

#include <cstdint>

namespace edgespan::kafka_detail {

inline constexpr const char* message_bytes_max_setting = "message.max.bytes";
inline constexpr const char* message_timeout_setting = "message.timeout.ms";
inline constexpr std::uint32_t message_timeout_ms_default = 300'000;  // librdkafka's

// A setting of librdkafka that is a number; `otherwise` if it is none. A setting of topics counts as not set
// until one of them is.
std::uint32_t conf_number(const rd_kafka_conf_t* conf, const char* name,
                          std::uint32_t otherwise = 0) noexcept;

}  // namespace edgespan::kafka_detail
