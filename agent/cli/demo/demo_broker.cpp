// SPDX-License-Identifier: Apache-2.0
#include "cli/demo/demo_broker.hpp"

#include "cli/io/tool_errors.hpp"

namespace edgespan::cli {

DemoBroker::DemoBroker() {
  char errstr[512] = "";
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  // This client never connects, which librdkafka would log.
  rd_kafka_conf_set(conf, "log_level", "2", errstr, sizeof errstr);
  owner_.reset(rd_kafka_new(RD_KAFKA_PRODUCER, conf, errstr, sizeof errstr));
  if (!owner_) throw RunError{std::string{"the demo's broker does not start: "} + errstr};
  cluster_.reset(rd_kafka_mock_cluster_new(owner_.get(), 1));
  if (!cluster_) throw RunError{"the demo's broker does not start: it gets no port on 127.0.0.1"};
}

void DemoBroker::create_topic(const std::string& name) {
  const rd_kafka_resp_err_t error = rd_kafka_mock_topic_create(cluster_.get(), name.c_str(), 1, 1);
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    throw RunError{"the demo's broker cannot create topic " + name + ": " + rd_kafka_err2str(error)};
  }
}

}  // namespace edgespan::cli
