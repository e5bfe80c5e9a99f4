// SPDX-License-Identifier: Apache-2.0
#include "cli/demo/demo_consumer.hpp"

#include "cli/io/tool_errors.hpp"
#include "cli/text/escape.hpp"

#include <edgespan/scope.hpp>

#include <chrono>
#include <thread>

namespace edgespan::cli {
namespace {

using std::chrono::milliseconds;
using SteadyClock = std::chrono::steady_clock;

constexpr milliseconds ready_wait{15'000};
constexpr milliseconds record_wait{10'000};
constexpr milliseconds poll_wait{100};
constexpr milliseconds look_every{10};
constexpr milliseconds work{7};  // how long a consumer works on a record here
constexpr std::uint32_t stop_deadline_ms = 3'000;

// Returns whether the condition came true within the limit.
template <typename Condition>
bool wait_until(milliseconds limit, Condition condition) {
  const auto begin = SteadyClock::now();
  while (!condition()) {
    if (SteadyClock::now() - begin >= limit) return false;
    std::this_thread::sleep_for(look_every);
  }
  return true;
}

std::string in_seconds(milliseconds time) { return std::to_string(time.count() / 1'000) + " s"; }

}  // namespace

DemoConsumer::DemoConsumer(const DemoWorld& world, const Scene& scene, const SceneConsumer& role)
    : scene_{scene}, role_{role}, agent_{demo_tracing_options(world, role.service)} {
  ClientConf conf{demo_client_settings(world)};
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

bool DemoConsumer::is_assigned() const {
  rd_kafka_topic_partition_list_t* list = nullptr;
  if (rd_kafka_assignment(client_.get(), &list) != RD_KAFKA_RESP_ERR_NO_ERROR) return false;
  const int count = list->cnt;
  rd_kafka_topic_partition_list_destroy(list);
  return count > 0;
}

void DemoConsumer::wait_until_ready() const {
  if (wait_until(ready_wait, [this] { return is_assigned(); })) return;
  throw RunError{role_.service + ": its group assigned no partition to it within " + in_seconds(ready_wait)};
}

bool DemoConsumer::poll_once(CheckedOutput& out) {
  TracingConsumer consumer{agent_.kafka(), client_.get(),
                           agent_.consumer_memory(tool_kafka_limits.poll_records_max)};
  for (const ConsumerRecord& record : consumer.poll(poll_wait)) {
    if (record.error() != RD_KAFKA_RESP_ERR_NO_ERROR) {
      throw RunError{role_.service + ": " + rd_kafka_err2str(record.error())};
    }
    if (role_.processes) process(record, out);
    return true;
  }
  return false;
}

void DemoConsumer::receive(CheckedOutput& out) {
  if (wait_until(record_wait, [&] { return poll_once(out); })) return;
  throw RunError{role_.service + ": no record came within " + in_seconds(record_wait)};
}

void DemoConsumer::process(const ConsumerRecord& record, CheckedOutput& out) {
  Span span = agent_.kafka().next_span(record).name("process").tag(scene_.value_tag, record.value());
  const Scope scope{agent_.tracing(), span.context()};
  std::this_thread::sleep_for(work);
  out.line(demo_log_line(role_.service, "handled " + printable(record.key())));
}

Books DemoConsumer::stop() {
  rd_kafka_consumer_close(client_.get());
  client_.reset();
  return agent_.stop(stop_deadline_ms);
}

}  // namespace edgespan::cli
