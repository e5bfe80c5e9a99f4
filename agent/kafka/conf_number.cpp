// SPDX-License-Identifier: Apache-2.0
#include "kafka/conf_number.hpp"

#include <charconv>
#include <cstring>

#include "core/assert.hpp"

namespace edgespan::kafka_detail {

std::uint32_t conf_number(const rd_kafka_conf_t* conf, const char* name, std::uint32_t otherwise) noexcept {
  EDGESPAN_ASSERT(conf != nullptr);
  char text[16] = "";
  std::size_t size = sizeof text;
  std::uint32_t number = otherwise;
  if (rd_kafka_conf_get(conf, name, text, &size) == RD_KAFKA_CONF_OK) {
    std::from_chars(text, text + std::strlen(text), number);
  }
  return number;
}

}  // namespace edgespan::kafka_detail
