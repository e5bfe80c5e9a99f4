// SPDX-License-Identifier: Apache-2.0
#include "cli/doctor/kafka_check.hpp"

#include "cli/doctor/clock_diagnosis.hpp"
#include "cli/doctor/connect_steps.hpp"
#include "cli/doctor/probe_span.hpp"
#include "cli/io/tool_errors.hpp"
#include "cli/text/escape.hpp"
#include "cli/text/quantities.hpp"

#include <array>
#include <chrono>
#include <cstdlib>
#include <span>
#include <string_view>
#include <thread>

namespace edgespan::cli {
namespace {

constexpr std::uint16_t kafka_port = 9092;
constexpr std::chrono::milliseconds ask_every{100};  // while the brokers create the topic
constexpr std::chrono::milliseconds poll_every{5};

struct Broker {
  std::string host;
  std::uint16_t port = kafka_port;
};

Broker next_broker(std::string_view& list) {
  const std::string_view text = list.substr(0, list.find(','));
  list.remove_prefix(text.size() == list.size() ? list.size() : text.size() + 1);
  const std::size_t bracket = text.find(']');
  const std::size_t colon = text.find(':', bracket == text.npos ? 0 : bracket);
  std::string_view host = text.substr(0, colon);
  if (bracket != text.npos) host = text.substr(1, bracket - 1);
  Broker broker{std::string{host}};
  if (colon != text.npos) {
    broker.port =
        static_cast<std::uint16_t>(std::strtoul(std::string{text.substr(colon + 1)}.c_str(), nullptr, 10));
  }
  return broker;
}

}  // namespace

KafkaCheck::KafkaCheck(const DoctorOptions& options, const SpanUrl& url, const MachineClock& clock,
                       DoctorReport& report)
    : url_{url},
      clock_{clock},
      report_{report},
      limit_us_{static_cast<std::uint64_t>(options.limit_s * 1e6)},
      memory_{std::make_unique<Memory<tiny_limits>>()},
      kafka_memory_{std::make_unique<KafkaMemory<tiny_kafka_limits>>()},
      settings_{options.sender.kafka_properties} {
  const bool started =
      tracing_.init(*memory_, {.local = {.service_name = "edgespan-doctor"}}, clock.table) == Status::ok &&
      kafka_.init(tracing_, kafka_memory_->inflight) == Status::ok;
  if (!started) throw RunError{"the agent for the doctor's producer does not start"};
  std::array<char, 256> problem{};
  const Status status =
      producer_.start(kafka_, url.brokers, url.topic, settings_.conf(), tiny_limits.batch_bytes, problem);
  if (status != Status::ok) throw UsageError{"-X: " + std::string{problem.data()}};
}

void KafkaCheck::run() {
  report_.begin();
  if (reach_a_broker() && ask_about_topic()) round_trip();
}

bool KafkaCheck::reach_a_broker() {
  for (std::string_view list = url_.brokers; !list.empty();) {
    const Broker broker = next_broker(list);
    TimedConnection connection{clock_.table, limit_us_};
    if (resolve_and_connect(connection, report_, broker.host, broker.port, "Kafka listens on 9092"))
      return true;
  }
  return false;
}

// A broker that creates topics on demand first says that the topic has no leader.
bool KafkaCheck::ask_about_topic() {
  rd_kafka_topic_t* topic = rd_kafka_topic_new(producer_.client(), url_.topic.c_str(), nullptr);
  const std::uint64_t begun_us = report_.now_us();
  rd_kafka_resp_err_t error = RD_KAFKA_RESP_ERR_NO_ERROR;
  Metadata metadata;
  for (;;) {
    const rd_kafka_metadata_t* answer = nullptr;
    error = rd_kafka_metadata(producer_.client(), 0, topic, &answer, static_cast<int>(limit_us_ / 1'000));
    metadata.reset(answer);
    const bool being_created = error == RD_KAFKA_RESP_ERR_NO_ERROR && answer->topic_cnt == 1 &&
                               answer->topics[0].err == RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE;
    if (!being_created || !time_is_left(begun_us)) break;
    std::this_thread::sleep_for(ask_every);
  }
  rd_kafka_topic_destroy(topic);
  for (int i = 0; metadata && i < metadata->broker_cnt; ++i) {
    advertised_ += (i == 0 ? "" : ", ") + printable(metadata->brokers[i].host) + ":" +
                   std::to_string(metadata->brokers[i].port);
  }
  return report_.step("topic", diagnose_topic(error, metadata));
}

Finding KafkaCheck::diagnose_topic(rd_kafka_resp_err_t error, const Metadata& metadata) const {
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return {
        false, "no broker answers in Kafka's protocol: " + settings_.problem(producer_),
        "check that the port is a broker's, and whether it wants TLS or a login (-X security.protocol=..., "
        "-X sasl....)"};
  }
  const rd_kafka_metadata_topic_t* const topic = metadata->topic_cnt == 1 ? &metadata->topics[0] : nullptr;
  const rd_kafka_resp_err_t wrong = topic == nullptr ? RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART : topic->err;
  switch (wrong) {
    case RD_KAFKA_RESP_ERR_NO_ERROR:
      return {true,
              url_.topic + " has " + std::to_string(topic->partition_cnt) + " partition" +
                  (topic->partition_cnt == 1 ? "" : "s") + ", the brokers are " + advertised_,
              {}};
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
    case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
      return {false, "the brokers have no topic " + url_.topic,
              "create it (kafka-topics.sh --create --topic " + url_.topic +
                  "), or name another one in the URL; it is the topic that Zipkin's Kafka collector reads"};
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
      return {false, "this client may not see the topic " + url_.topic,
              "give it Describe and Write on the topic, or log in as somebody who has them (-X sasl....)"};
    default:
      return {false, url_.topic + ": " + rd_kafka_err2str(wrong), "look into the brokers' log"};
  }
}

void KafkaCheck::round_trip() {
  const ProbeSpan span = make_probe_span(clock_.table);
  if (span.bytes.empty()) {
    report_.step("clock", unknown_date(clock_.date_s(), {}));
    return;
  }
  const Sender sender = producer_.sender();
  const std::uint64_t begun_us = report_.now_us();
  SendResult result;
  for (;;) {
    result = sender.offer(sender.ctx, span.bytes, report_.now_us());
    if (result.outcome != Outcome::pending || !time_is_left(begun_us)) break;
    std::this_thread::sleep_for(poll_every);
  }
  Finding finding = diagnose_record(result);
  if (finding.good) finding.text = "a record with a span of trace " + span.trace_id + " is on the topic";
  report_.step("round trip", finding);
}

Finding KafkaCheck::diagnose_record(const SendResult& result) const {
  if (result.outcome == Outcome::delivered) return {};
  const std::string advice = "the brokers call themselves " + advertised_ +
                             ": this machine must reach them by these names (advertised.listeners)";
  if (result.outcome == Outcome::pending) {
    return {false, "no broker has acknowledged the record within " + duration_text(limit_us_), advice};
  }
  return {false, "the record was not taken: " + settings_.problem(producer_),
          "check the topic's settings and this client's permissions; " + advice};
}

}  // namespace edgespan::cli
