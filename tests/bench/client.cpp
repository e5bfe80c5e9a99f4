// SPDX-License-Identifier: Apache-2.0
#include "bench/client.hpp"

namespace edgespan::bench {

MockBroker::MockBroker() {
  char errstr[256];
  owner_ = rd_kafka_new(RD_KAFKA_PRODUCER, make_conf({}), errstr, sizeof errstr);
  must(owner_ != nullptr, "rd_kafka_new");
  cluster_ = rd_kafka_mock_cluster_new(owner_, 1);
  must(cluster_ != nullptr &&
           rd_kafka_mock_topic_create(cluster_, topic.data(), 1, 1) == RD_KAFKA_RESP_ERR_NO_ERROR,
       "the mock broker");
}

MockBroker::~MockBroker() {
  rd_kafka_mock_cluster_destroy(cluster_);
  rd_kafka_destroy(owner_);
}

std::string MockBroker::address() const { return rd_kafka_mock_cluster_bootstraps(cluster_); }

}  // namespace edgespan::bench
