// SPDX-License-Identifier: Apache-2.0
#include "resident.hpp"
#include "support/loopback_server.hpp"

#include <librdkafka/rdkafka_mock.h>

#include <cstdio>

namespace edgespan::resident {

void run_peer() {
  char errstr[256] = "";
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  must(rd_kafka_conf_set(conf, "test.mock.num.brokers", "1", errstr, sizeof errstr) == RD_KAFKA_CONF_OK,
       errstr);
  rd_kafka_conf_set_log_cb(conf, [](const rd_kafka_t*, int, const char*, const char*) {});
  rd_kafka_t* host = rd_kafka_new(RD_KAFKA_PRODUCER, conf, errstr, sizeof errstr);
  must(host != nullptr, errstr);
  rd_kafka_mock_cluster_t* cluster = rd_kafka_handle_mock_cluster(host);
  must(rd_kafka_mock_topic_create(cluster, topic, 1, 1) == RD_KAFKA_RESP_ERR_NO_ERROR, "no topic");
  const test::LoopbackServer collector;
  std::printf("%s %s\n", rd_kafka_mock_cluster_bootstraps(cluster), collector.url("/api/v2/spans").c_str());
  std::fflush(stdout);
  while (std::getchar() != EOF) continue;
  rd_kafka_destroy(host);
}

}  // namespace edgespan::resident
