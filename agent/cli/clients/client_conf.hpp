// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <edgespan/kafka.hpp>

#include <librdkafka/rdkafka.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace edgespan::cli {

struct ClientDeleter {
  void operator()(rd_kafka_t* rk) const noexcept { rd_kafka_destroy(rk); }
};
using Client = std::unique_ptr<rd_kafka_t, ClientDeleter>;

using Property = std::pair<std::string, std::string>;

// A librdkafka configuration on its way to a client.
class ClientConf {
 public:
  // The tool's own settings, which librdkafka must know.
  explicit ClientConf(const std::vector<Property>& defaults);

  // Settings from the command line, in order. Throws UsageError with librdkafka's own text.
  void set(const std::vector<Property>& properties);

  // For callbacks.
  rd_kafka_conf_t* get() const noexcept { return conf_.get(); }

  // What a property holds now.
  std::string value(const char* name) const;

  // Makes a traced client, or throws UsageError if librdkafka does not accept the configuration as a whole
  // and RunError if something else is in the way. Call once.
  Client create(KafkaTracing& kafka, rd_kafka_type_t type);

 private:
  struct Deleter {
    void operator()(rd_kafka_conf_t* conf) const noexcept { rd_kafka_conf_destroy(conf); }
  };
  std::unique_ptr<rd_kafka_conf_t, Deleter> conf_;
};

// What a record carries, as librdkafka has it; every part may hold any bytes.
struct MessageHeader {
  std::string_view name;
  std::string_view value;  // empty for a null value
};
std::vector<MessageHeader> headers_of(const rd_kafka_message_t* message);

// ` topic=T` and ` key=K`, escaped; `key=` is empty for no key.
std::string topic_field(const rd_kafka_message_t* message);
std::string key_field(const rd_kafka_message_t* message);

}  // namespace edgespan::cli
