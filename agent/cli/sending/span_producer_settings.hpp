// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/clients/client_conf.hpp"

#include <edgespan/span_producer.hpp>

#include <string>
#include <vector>

namespace edgespan::cli {

// librdkafka's settings for the producer behind a kafka:// URL, and what that producer says of its
// connection. Pinned. It must outlive the producer.
class SpanProducerSettings {
 public:
  // `properties` are those of the command's client; those about security are taken. Throws UsageError for
  // properties that librdkafka does not accept.
  explicit SpanProducerSettings(const std::vector<Property>& properties);
  SpanProducerSettings(const SpanProducerSettings&) = delete;
  SpanProducerSettings& operator=(const SpanProducerSettings&) = delete;

  const rd_kafka_conf_t* conf() const noexcept { return conf_.get(); }

  // Takes what librdkafka has to say of the producer's connection. Before the producer ends. One thread at a
  // time.
  void listen_to(const SpanProducer& producer) const;

  // Why no record of `producer` gets through: the error of the last one that failed, or else what librdkafka
  // last said of the connection. Listens first. One thread at a time.
  std::string problem(const SpanProducer& producer) const;

 private:
  std::string connection_error_;  // written by the callback, in listen_to()
  ClientConf conf_;
};

}  // namespace edgespan::cli
