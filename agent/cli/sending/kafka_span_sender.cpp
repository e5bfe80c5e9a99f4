// SPDX-License-Identifier: Apache-2.0
#include "cli/sending/kafka_span_sender.hpp"

#include "cli/io/tool_errors.hpp"

#include <edgespan/kafka_constrain.hpp>

#include <string_view>

namespace edgespan::cli {
namespace {

// One record at a time, which holds a batch of up to 64 KiB.
constexpr ProducerLimits producer_limits{
    .queue_messages_max = 16, .queue_payload_kbytes = 256, .message_bytes_max = 131'072};

bool is_about_security(std::string_view property) noexcept {
  return property.starts_with("security.") || property.starts_with("sasl.") || property.starts_with("ssl.") ||
         property.starts_with("enable.sasl.") || property.starts_with("enable.ssl.");
}

// "All brokers are down" says less than the error of one broker, which came before it.
void on_error(rd_kafka_t*, int error, const char* reason, void* opaque) {
  if (error != RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN) *static_cast<std::string*>(opaque) = reason;
}

}  // namespace

KafkaSpanSender::KafkaSpanSender(const SpanUrl& url, const std::vector<Property>& properties,
                                 KafkaTracing& tracing) {
  // Errors are told by problem(). librdkafka's log would repeat them.
  ClientConf conf{{{"client.id", "edgespan-sender"}, {"log_level", "2"}}};
  constrain(conf.get(), producer_limits);
  conf.set({{"bootstrap.servers", url.brokers}});
  for (const Property& property : properties) {
    if (is_about_security(property.first)) conf.set({property});
  }
  rd_kafka_conf_set_opaque(conf.get(), last_error_.get());
  rd_kafka_conf_set_error_cb(conf.get(), on_error);
  client_ = conf.create(tracing, RD_KAFKA_PRODUCER);
  const Status status = sender_.init(tracing, client_.get(), url.topic);
  if (status != Status::ok) throw RunError{"the Kafka sender: " + std::string{status_text(status)}};
}

std::string KafkaSpanSender::problem() const {
  rd_kafka_poll(client_.get(), 0);
  const rd_kafka_resp_err_t error = sender_.last_error();
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return rd_kafka_err2str(error);
  return last_error_->empty() ? "no broker has acknowledged the record" : *last_error_;
}

}  // namespace edgespan::cli
