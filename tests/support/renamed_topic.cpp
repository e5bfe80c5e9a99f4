// SPDX-License-Identifier: Apache-2.0
#include "support/renamed_topic.hpp"

#include <librdkafka/rdkafka.h>

namespace edgespan::test {

constinit const char* renamed_topic = nullptr;

}  // namespace edgespan::test

extern "C" {
const char* __real_rd_kafka_topic_name(const rd_kafka_topic_t*);
const char* __wrap_rd_kafka_topic_name(const rd_kafka_topic_t*);

const char* __wrap_rd_kafka_topic_name(const rd_kafka_topic_t* topic) {
  const char* const name = edgespan::test::renamed_topic;
  return name != nullptr ? name : __real_rd_kafka_topic_name(topic);
}
}
