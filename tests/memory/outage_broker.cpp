// SPDX-License-Identifier: Apache-2.0
// A broker in a process of its own: librdkafka's mock cluster with the topics `readings`, and `commands`,
// which gets 4 MB in batches of 64 KiB. Prints its address; obeys `down` and `up` on standard input and
// answers with the word. After `up` there are 1 MB more of `commands`.
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include <cstdio>
#include <cstring>
#include <iostream>
#include <string>

namespace {

bool feed(const char* brokers, int count) {
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  rd_kafka_conf_set(conf, "bootstrap.servers", brokers, nullptr, 0);
  rd_kafka_conf_set(conf, "batch.size", "65536", nullptr, 0);
  rd_kafka_conf_set(conf, "linger.ms", "100", nullptr, 0);
  rd_kafka_t* producer = rd_kafka_new(RD_KAFKA_PRODUCER, conf, nullptr, 0);
  std::string value(1'000, 'c');
  for (int i = 0; i < count; ++i) {
    rd_kafka_producev(producer, RD_KAFKA_V_TOPIC("commands"), RD_KAFKA_V_PARTITION(0),
                      RD_KAFKA_V_VALUE(value.data(), value.size()), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
                      RD_KAFKA_V_END);
  }
  const bool fed = rd_kafka_flush(producer, 30'000) == RD_KAFKA_RESP_ERR_NO_ERROR;
  rd_kafka_destroy(producer);
  return fed;
}

}  // namespace

int main() {
  rd_kafka_t* owner = rd_kafka_new(RD_KAFKA_PRODUCER, rd_kafka_conf_new(), nullptr, 0);
  rd_kafka_mock_cluster_t* cluster = rd_kafka_mock_cluster_new(owner, 1);
  if (cluster == nullptr) return 1;
  rd_kafka_mock_topic_create(cluster, "readings", 1, 1);
  rd_kafka_mock_topic_create(cluster, "commands", 1, 1);
  const char* brokers = rd_kafka_mock_cluster_bootstraps(cluster);
  if (!feed(brokers, 4'000)) return 1;
  std::cout << brokers << std::endl;
  for (std::string word; std::cin >> word;) {
    if (word == "down") rd_kafka_mock_broker_set_down(cluster, 1);
    if (word == "up") rd_kafka_mock_broker_set_up(cluster, 1);
    if (word == "up" && !feed(brokers, 1'000)) return 1;
    std::cout << word << std::endl;
  }
  rd_kafka_mock_cluster_destroy(cluster);
  rd_kafka_destroy(owner);
}
