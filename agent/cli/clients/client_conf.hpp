// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/clients/kafka_client.hpp"

#include <edgespan/kafka.hpp>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace edgespan::cli {

// Name and value of a setting of librdkafka, or of a header.
using Property = std::pair<std::string, std::string>;

// A configuration of librdkafka, until a client is made with it.
class ClientConf {
 public:
  // `defaults` are the tool's own settings.
  explicit ClientConf(const std::vector<Property>& defaults);

  // Makes settings from the command line, in order. Throws UsageError with librdkafka's own text.
  void set(const std::vector<Property>& properties);

  // For callbacks.
  rd_kafka_conf_t* get() const noexcept { return conf_.get(); }

  // The present value of a setting; empty if there is no such setting.
  std::string value(const char* name) const;

  // Makes a traced client. Throws UsageError if librdkafka does not accept the configuration as a whole,
  // RunError for any other failure. The last call.
  Client create(KafkaTracing& kafka, rd_kafka_type_t type);

 private:
  struct Deleter {
    void operator()(rd_kafka_conf_t* conf) const noexcept { rd_kafka_conf_destroy(conf); }
  };
  std::unique_ptr<rd_kafka_conf_t, Deleter> conf_;
};

}  // namespace edgespan::cli
