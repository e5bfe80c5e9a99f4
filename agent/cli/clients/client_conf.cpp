// SPDX-License-Identifier: Apache-2.0
#include "cli/clients/client_conf.hpp"

#include "cli/io/tool_errors.hpp"

namespace edgespan::cli {

ClientConf::ClientConf(const std::vector<Property>& defaults) : conf_{rd_kafka_conf_new()} { set(defaults); }

void ClientConf::set(const std::vector<Property>& properties) {
  for (const auto& [name, value] : properties) {
    char errstr[512] = "";
    if (rd_kafka_conf_set(conf_.get(), name.c_str(), value.c_str(), errstr, sizeof errstr) !=
        RD_KAFKA_CONF_OK) {
      throw UsageError{std::string{"-X "}.append(name).append("=").append(value).append(": ").append(errstr)};
    }
  }
}

std::string ClientConf::value(const char* name) const {
  char text[512];
  std::size_t size = sizeof text;
  if (rd_kafka_conf_get(conf_.get(), name, text, &size) != RD_KAFKA_CONF_OK) return {};
  return text;
}

Client ClientConf::create(KafkaTracing& kafka, rd_kafka_type_t type) {
  char errstr[512] = "";
  rd_kafka_t* rk = kafka.create(type, conf_.get(), errstr, sizeof errstr);
  if (rk == nullptr) {
    const std::string text = std::string{"librdkafka does not start with these settings: "} + errstr;
    if (rd_kafka_last_error() == RD_KAFKA_RESP_ERR__INVALID_ARG) throw UsageError{text + "; see -X"};
    throw RunError{text};
  }
  static_cast<void>(conf_.release());  // the client's now
  return Client{rk};
}

}  // namespace edgespan::cli
