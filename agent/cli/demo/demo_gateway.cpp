// SPDX-License-Identifier: Apache-2.0
#include "cli/demo/demo_gateway.hpp"

#include "cli/io/tool_errors.hpp"

#include <edgespan/scope.hpp>

namespace edgespan::cli {
namespace {

constexpr int delivery_ms = 10'000;
constexpr std::uint32_t stop_deadline_ms = 3'000;

}  // namespace

DemoGateway::DemoGateway(const DemoWorld& world, const Scene& scene)
    : scene_{scene}, agent_{demo_tracing_options(world, scene.gateway)} {
  ClientConf conf{demo_client_settings(world)};
  conf.set({{"linger.ms", "0"}});
  rd_kafka_conf_set_opaque(conf.get(), &report_);
  rd_kafka_conf_set_dr_msg_cb(conf.get(), on_delivery);
  client_ = conf.create(agent_.kafka(), RD_KAFKA_PRODUCER);
  learn_topic();
}

// A gateway that has run for a while knows its topics. The first record of a new client waits up to a second
// for that, which would be most of its span's duration.
void DemoGateway::learn_topic() {
  rd_kafka_topic_t* topic = rd_kafka_topic_new(client_.get(), scene_.topic.c_str(), nullptr);
  const struct rd_kafka_metadata* metadata = nullptr;
  const rd_kafka_resp_err_t error = rd_kafka_metadata(client_.get(), 0, topic, &metadata, delivery_ms);
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) rd_kafka_metadata_destroy(metadata);
  rd_kafka_topic_destroy(topic);
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) throw RunError{scene_.gateway + ": " + rd_kafka_err2str(error)};
}

void DemoGateway::on_delivery(rd_kafka_t*, const rd_kafka_message_t* message, void* opaque) noexcept {
  DeliveryReport& report = *static_cast<DeliveryReport*>(opaque);
  if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
    report.error = rd_kafka_err2str(message->err);
    return;
  }
  DemoGateway& gateway = *report.gateway;
  const Scope scope = gateway.agent_.kafka().scope(message);
  report.log.push_back(demo_log_line(gateway.scene_.gateway, "delivered " + gateway.scene_.key));
}

void DemoGateway::send(CheckedOutput& out) {
  TracingProducer producer{agent_.kafka(), client_.get()};
  const rd_kafka_resp_err_t error =
      producer.send({.topic = scene_.topic.c_str(), .key = scene_.key, .value = scene_.value});
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR)
    throw RunError{scene_.gateway + " cannot send: " + rd_kafka_err2str(error)};
  if (rd_kafka_flush(client_.get(), delivery_ms) != RD_KAFKA_RESP_ERR_NO_ERROR) {
    throw RunError{scene_.gateway + ": no delivery report within " + std::to_string(delivery_ms / 1'000) +
                   " s"};
  }
  if (!report_.error.empty())
    throw RunError{scene_.gateway + ": the record was not delivered: " + report_.error};
  for (const std::string& line : report_.log) out.line(line);
}

Books DemoGateway::stop() {
  client_.reset();
  return agent_.stop(stop_deadline_ms);
}

}  // namespace edgespan::cli
