// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/clients/kafka_client.hpp"

#include <librdkafka/rdkafka_mock.h>

#include <memory>
#include <string>

namespace edgespan::cli {

// librdkafka's own mock cluster of one broker, on a port of 127.0.0.1. It speaks Kafka's protocol over real
// connections.
class DemoBroker {
 public:
  // Throws RunError.
  DemoBroker();

  // Creates a topic with one partition, so that the first record needs not wait a second for it. Throws
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
