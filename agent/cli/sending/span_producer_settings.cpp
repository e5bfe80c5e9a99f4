// SPDX-License-Identifier: Apache-2.0
#include "cli/sending/span_producer_settings.hpp"

#include <string_view>

namespace edgespan::cli {
namespace {

bool is_about_security(std::string_view property) noexcept {
  return property.starts_with("security.") || property.starts_with("sasl.") || property.starts_with("ssl.") ||
         property.starts_with("enable.sasl.") || property.starts_with("enable.ssl.");
}

// "All brokers are down" says less than the error of one broker, which came before it.
void on_error(rd_kafka_t*, int error, const char* reason, void* opaque) {
  if (error != RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN) *static_cast<std::string*>(opaque) = reason;
}

}  // namespace

// Errors are told by problem(). librdkafka's log would repeat them.
SpanProducerSettings::SpanProducerSettings(const std::vector<Property>& properties)
    : conf_{{{"client.id", "edgespan-sender"}, {"log_level", "2"}}} {
  for (const Property& property : properties) {
    if (is_about_security(property.first)) conf_.set({property});
  }
  rd_kafka_conf_set_opaque(conf_.get(), &connection_error_);
  rd_kafka_conf_set_error_cb(conf_.get(), on_error);
}

void SpanProducerSettings::listen_to(const SpanProducer& producer) const {
  if (producer.client() != nullptr) rd_kafka_poll(producer.client(), 0);
}

std::string SpanProducerSettings::problem(const SpanProducer& producer) const {
  listen_to(producer);
  const rd_kafka_resp_err_t error = producer.last_error();
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return rd_kafka_err2str(error);
  return connection_error_.empty() ? "no broker has acknowledged the record" : connection_error_;
}

}  // namespace edgespan::cli
