// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/clients/client_conf.hpp"

#include <librdkafka/rdkafka_mock.h>

#include <memory>
#include <string>

namespace edgespan::cli {

// librdkafka's own mock cluster, one broker on 127.0.0.1: real connections and the real protocol, without a
// Kafka.
class DemoBroker {
 public:
  // Throws RunError.
  DemoBroker();

  // A topic with one partition. The first message to an unknown topic would wait a second for it. Throws
  // RunError.
  void create_topic(const std::string& name);

  std::string brokers() const { return rd_kafka_mock_cluster_bootstraps(cluster_.get()); }

 private:
  struct ClusterDeleter {
    void operator()(rd_kafka_mock_cluster_t* cluster) const noexcept {
      rd_kafka_mock_cluster_destroy(cluster);
    }
  };
  Client owner_;  // the client that the cluster runs in
  std::unique_ptr<rd_kafka_mock_cluster_t, ClusterDeleter> cluster_;
};

}  // namespace edgespan::cli
