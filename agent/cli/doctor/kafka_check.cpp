// SPDX-License-Identifier: Apache-2.0
// An uplink over Kafka: resolve and connect to the first broker that can be reached, what the brokers know of
// the topic, and a record with a span. An empty record would be none to Zipkin, so there is no empty post.
#include "cli/doctor/connect_steps.hpp"
#include "cli/doctor/doctor_command.hpp"
#include "cli/doctor/probe_span.hpp"
#include "cli/io/tool_errors.hpp"
#include "cli/sending/kafka_span_sender.hpp"
#include "cli/spans/trace_tree.hpp"
#include "cli/text/escape.hpp"

#include <edgespan/kafka.hpp>
#include <edgespan/kafka_memory.hpp>
#include <edgespan/memory.hpp>
#include <edgespan/tracing.hpp>

#include <chrono>
#include <cstdlib>
#include <memory>
#include <span>
#include <string_view>
#include <thread>

namespace edgespan::cli {
namespace {

constexpr std::uint16_t kafka_port = 9092;
constexpr std::chrono::milliseconds look_again{100};  // at a topic that is being made
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

struct MetadataDeleter {
  void operator()(const rd_kafka_metadata_t* metadata) const noexcept { rd_kafka_metadata_destroy(metadata); }
};
using Metadata = std::unique_ptr<const rd_kafka_metadata_t, MetadataDeleter>;

// A whole tracing: the sender stands on one.
struct KafkaAgent {
  explicit KafkaAgent(const edgespan_clock& clock) {
    const bool started =
        tracing.init(*memory, {.local = {.service_name = "edgespan-doctor"}}, clock) == Status::ok &&
        kafka.init(tracing, kafka_memory->inflight) == Status::ok;
    if (!started) throw RunError{"the agent for the doctor's producer does not start"};
  }
  std::unique_ptr<Memory<tiny_limits>> memory = std::make_unique<Memory<tiny_limits>>();
  std::unique_ptr<KafkaMemory<tiny_kafka_limits>> kafka_memory =
      std::make_unique<KafkaMemory<tiny_kafka_limits>>();
  Tracing tracing;
  KafkaTracing kafka;
};

class KafkaCheck {
 public:
  KafkaCheck(const DoctorOptions& options, const SpanUrl& target, const MachineClock& clock,
             DoctorReport& checkup)
      : target_{target},
        clock_{clock},
        checkup_{checkup},
        limit_us_{static_cast<std::uint64_t>(options.limit_s * 1e6)},
        agent_{clock.table},
        uplink_{target, options.sender.kafka_properties, agent_.kafka} {}

  void run() {
    checkup_.begin();
    if (reach_one() && ask_about_topic()) round_trip();
  }

 private:
  bool reach_one();
  bool ask_about_topic();
  void round_trip();
  Finding judge_topic(rd_kafka_resp_err_t error, const Metadata& metadata) const;
  Finding judge_record(const SendResult& result) const;
  bool time_left(std::uint64_t begun_us) const { return checkup_.now_us() - begun_us < limit_us_; }

  const SpanUrl& target_;
  const MachineClock& clock_;
  DoctorReport& checkup_;
  std::uint64_t limit_us_;
  KafkaAgent agent_;
  KafkaSpanSender uplink_;
  std::string advertised_;  // host:port of every broker, by their own word
};

bool KafkaCheck::reach_one() {
  for (std::string_view list = target_.brokers; !list.empty();) {
    const Broker broker = next_broker(list);
    TimedConnection wire{clock_.table, limit_us_};
    if (resolve_and_connect(wire, checkup_, broker.host, broker.port, "Kafka listens on 9092")) return true;
  }
  return false;
}

// A broker that makes topics when they are asked for says at first that it has no leader.
bool KafkaCheck::ask_about_topic() {
  rd_kafka_topic_t* topic = rd_kafka_topic_new(uplink_.client(), target_.topic.c_str(), nullptr);
  const std::uint64_t begun_us = checkup_.now_us();
  rd_kafka_resp_err_t error = RD_KAFKA_RESP_ERR_NO_ERROR;
  Metadata metadata;
  for (;;) {
    const rd_kafka_metadata_t* answer = nullptr;
    error = rd_kafka_metadata(uplink_.client(), 0, topic, &answer, static_cast<int>(limit_us_ / 1'000));
    metadata.reset(answer);
    const bool in_the_making = error == RD_KAFKA_RESP_ERR_NO_ERROR && answer->topic_cnt == 1 &&
                               answer->topics[0].err == RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE;
    if (!in_the_making || !time_left(begun_us)) break;
    std::this_thread::sleep_for(look_again);
  }
  rd_kafka_topic_destroy(topic);
  for (int i = 0; metadata && i < metadata->broker_cnt; ++i) {
    advertised_ += (i == 0 ? "" : ", ") + printable(metadata->brokers[i].host) + ":" +
                   std::to_string(metadata->brokers[i].port);
  }
  return checkup_.step("topic", judge_topic(error, metadata));
}

Finding KafkaCheck::judge_topic(rd_kafka_resp_err_t error, const Metadata& metadata) const {
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return {
        false, "no broker answers in Kafka's protocol: " + uplink_.reason(),
        "check that the port is a broker's, and whether it wants TLS or a login (-X security.protocol=..., "
        "-X sasl....)"};
  }
  const rd_kafka_metadata_topic_t* const topic = metadata->topic_cnt == 1 ? &metadata->topics[0] : nullptr;
  const rd_kafka_resp_err_t wrong = topic == nullptr ? RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART : topic->err;
  switch (wrong) {
    case RD_KAFKA_RESP_ERR_NO_ERROR:
      return {true,
              target_.topic + " has " + std::to_string(topic->partition_cnt) + " partition" +
                  (topic->partition_cnt == 1 ? "" : "s") + ", the brokers are " + advertised_,
              {}};
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
    case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
      return {false, "the brokers have no topic " + target_.topic,
              "make it (kafka-topics.sh --create --topic " + target_.topic +
                  "), or name another one in the URL; it is the topic that Zipkin's Kafka collector reads"};
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
      return {false, "this client may not see the topic " + target_.topic,
              "give it Describe and Write on the topic, or log in as somebody who has them (-X sasl....)"};
    default:
      return {false, target_.topic + ": " + rd_kafka_err2str(wrong), "look into the brokers' log"};
  }
}

void KafkaCheck::round_trip() {
  const ProbeSpan span = make_probe_span(clock_.table);
  if (span.bytes.empty()) {
    checkup_.step("clock", {false, "this machine does not know the date",
                            "set the clock (NTP, or date -s); until "
                            "then edgespan keeps its spans and sends none"});
    return;
  }
  const Sender sender = uplink_.sender();
  const std::uint64_t begun_us = checkup_.now_us();
  SendResult result;
  for (;;) {
    result = sender.offer(sender.ctx, span.bytes, checkup_.now_us());
    if (result.state != SendState::pending || !time_left(begun_us)) break;
    std::this_thread::sleep_for(poll_every);
  }
  Finding finding = judge_record(result);
  if (finding.good) finding.text = "a record with a span of trace " + span.trace_id + " is on the topic";
  checkup_.step("round trip", finding);
}

Finding KafkaCheck::judge_record(const SendResult& result) const {
  if (result.state == SendState::delivered) return {};
  const std::string advice = "the brokers call themselves " + advertised_ +
                             ": this machine must reach them by these names (advertised.listeners)";
  if (result.state == SendState::pending) {
    return {false, "no broker has acknowledged the record within " + duration_text(limit_us_), advice};
  }
  return {false, "the record was not taken: " + uplink_.reason(),
          "check the topic's settings and this client's permissions; " + advice};
}

}  // namespace

void check_kafka(const DoctorOptions& options, const SpanUrl& target, const MachineClock& clock,
                 DoctorReport& checkup) {
  KafkaCheck{options, target, clock, checkup}.run();
}

}  // namespace edgespan::cli
