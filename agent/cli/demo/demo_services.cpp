// SPDX-License-Identifier: Apache-2.0
#include "cli/demo/demo_services.hpp"

#include "cli/io/tool_errors.hpp"
#include "cli/text/escape.hpp"

#include <chrono>
#include <thread>

namespace edgespan::cli {
namespace {

using std::chrono::milliseconds;
using SteadyClock = std::chrono::steady_clock;

constexpr int delivery_ms = 10'000;
constexpr milliseconds ready_wait{15'000};
constexpr milliseconds record_wait{10'000};
constexpr milliseconds step{10};
constexpr milliseconds work{7};  // what a consumer's own work takes here
constexpr std::uint32_t stop_deadline_ms = 3'000;

TracingOptions agent_options(const DemoWorld& world, const std::string& service) {
  TracingOptions options;
  options.service = service;
  options.sender.url = world.collector_url;
  return options;
}

// What goes wrong is reported by the demo itself; librdkafka's log would only tell how its clients end.
std::vector<Property> client_settings(const DemoWorld& world) {
  return {{"bootstrap.servers", world.brokers}, {"log_level", "2"}};
}

template <typename Condition>
bool wait_until(milliseconds limit, Condition condition) {
  const auto begin = SteadyClock::now();
  while (!condition()) {
    if (SteadyClock::now() - begin >= limit) return false;
    std::this_thread::sleep_for(step);
  }
  return true;
}

}  // namespace

std::string log_line(const std::string& service, const std::string& text) {
  const LogIds ids = log_ids();
  return "  log  " + service + ": " + text + "  trace=" + std::string{ids.trace_id()} +
         " span=" + std::string{ids.span_id()};
}

DemoGateway::DemoGateway(const DemoWorld& world, const Scene& scene)
    : scene_{scene}, agent_{agent_options(world, scene.gateway)} {
  ClientConf conf{client_settings(world)};
  conf.set({{"linger.ms", "0"}});
  rd_kafka_conf_set_opaque(conf.get(), &report_);
  rd_kafka_conf_set_dr_msg_cb(conf.get(), on_delivery);
  client_ = conf.create(agent_.kafka(), RD_KAFKA_PRODUCER);
  learn_topic();
}

// A gateway that has been up for a while knows its topics; the first record of a new client waits a second
// for that, which would be most of what its span shows.
void DemoGateway::learn_topic() {
  rd_kafka_topic_t* topic = rd_kafka_topic_new(client_.get(), scene_.topic.c_str(), nullptr);
  const struct rd_kafka_metadata* metadata = nullptr;
  const rd_kafka_resp_err_t error = rd_kafka_metadata(client_.get(), 0, topic, &metadata, delivery_ms);
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) rd_kafka_metadata_destroy(metadata);
  rd_kafka_topic_destroy(topic);
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) throw RunError{scene_.gateway + ": " + rd_kafka_err2str(error)};
}

void DemoGateway::on_delivery(rd_kafka_t*, const rd_kafka_message_t* message, void* opaque) noexcept {
  Report& report = *static_cast<Report*>(opaque);
  if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
    report.error = rd_kafka_err2str(message->err);
    return;
  }
  const Scope scope = report.gateway->agent_.kafka().scope(message);
  report.lines.push_back(log_line(report.gateway->scene_.gateway, "delivered " + report.gateway->scene_.key));
}

void DemoGateway::send(CheckedOutput& out) {
  TracingProducer producer{agent_.kafka(), client_.get()};
  const rd_kafka_resp_err_t refused =
      producer.send({.topic = scene_.topic.c_str(), .key = scene_.key, .value = scene_.value});
  if (refused != RD_KAFKA_RESP_ERR_NO_ERROR)
    throw RunError{scene_.gateway + " cannot send: " + rd_kafka_err2str(refused)};
  if (rd_kafka_flush(client_.get(), delivery_ms) != RD_KAFKA_RESP_ERR_NO_ERROR) {
    throw RunError{scene_.gateway + ": no delivery report within " + std::to_string(delivery_ms / 1'000) +
                   " s"};
  }
  if (!report_.error.empty())
    throw RunError{scene_.gateway + ": the record was not delivered: " + report_.error};
  for (const std::string& line : report_.lines) out.line(line);
}

Books DemoGateway::stop() {
  client_.reset();
  return agent_.stop(stop_deadline_ms);
}

DemoConsumer::DemoConsumer(const DemoWorld& world, const Scene& scene, const SceneConsumer& role)
    : scene_{scene}, role_{role}, agent_{agent_options(world, role.service)} {
  ClientConf conf{client_settings(world)};
  conf.set({{"group.id", role.service}, {"auto.offset.reset", "earliest"}});
  client_ = conf.create(agent_.kafka(), RD_KAFKA_CONSUMER);
  rd_kafka_poll_set_consumer(client_.get());
  rd_kafka_topic_partition_list_t* topics = rd_kafka_topic_partition_list_new(1);
  rd_kafka_topic_partition_list_add(topics, scene.topic.c_str(), RD_KAFKA_PARTITION_UA);
  const rd_kafka_resp_err_t error = rd_kafka_subscribe(client_.get(), topics);
  rd_kafka_topic_partition_list_destroy(topics);
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR)
    throw RunError{role.service + " cannot subscribe: " + rd_kafka_err2str(error)};
}

void DemoConsumer::wait_ready() const {
  const auto assigned = [this] {
    rd_kafka_topic_partition_list_t* list = nullptr;
    if (rd_kafka_assignment(client_.get(), &list) != RD_KAFKA_RESP_ERR_NO_ERROR) return false;
    const int count = list->cnt;
    rd_kafka_topic_partition_list_destroy(list);
    return count > 0;
  };
  if (!wait_until(ready_wait, assigned)) {
    throw RunError{role_.service + ": its group gave it no partition within " +
                   std::to_string(ready_wait.count() / 1'000) + " s"};
  }
}

void DemoConsumer::receive(CheckedOutput& out) {
  TracingConsumer consumer{agent_.kafka(), client_.get(),
                           agent_.consumer_memory(tool_kafka_limits.poll_records_max)};
  const auto received = [&] {
    for (const ConsumerRecord& record : consumer.poll(record_wait / 100)) {
      if (record.error() != RD_KAFKA_RESP_ERR_NO_ERROR) {
        throw RunError{role_.service + ": " + rd_kafka_err2str(record.error())};
      }
      if (role_.processes) process(record, out);
      return true;
    }
    return false;
  };
  if (!wait_until(record_wait, received)) {
    throw RunError{role_.service + ": no record came within " + std::to_string(record_wait.count() / 1'000) +
                   " s"};
  }
}

void DemoConsumer::process(const ConsumerRecord& record, CheckedOutput& out) {
  Span span = agent_.kafka().next_span(record).name("process").tag(scene_.value_tag, record.value());
  const Scope scope{agent_.tracing(), span.context()};
  std::this_thread::sleep_for(work);
  out.line(log_line(role_.service, "handled " + printable(record.key())));
}

Books DemoConsumer::stop() {
  rd_kafka_consumer_close(client_.get());
  client_.reset();
  return agent_.stop(stop_deadline_ms);
}

}  // namespace edgespan::cli
