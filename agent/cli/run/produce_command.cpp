// SPDX-License-Identifier: Apache-2.0
#include "cli/run/produce_command.hpp"

#include "cli/clients/message_fields.hpp"
#include "cli/io/checked_output.hpp"
#include "cli/io/line_reader.hpp"
#include "cli/io/stop_signal.hpp"
#include "cli/io/tool_errors.hpp"
#include "cli/run/traced_run.hpp"
#include "cli/text/escape.hpp"
#include "cli/tracing/outage_notices.hpp"

#include <edgespan/trace_reader.hpp>

#include <charconv>

namespace edgespan::cli {
namespace {

constexpr int wait_ms = 100;                     // for signals, and for room in a queue
constexpr std::uint64_t records_per_look = 256;  // between two checks of the agent's ring

// For a person at a terminal: an unreachable broker is reported after half a minute, and found again a second
// after it has come back. librdkafka checks a message's age only between two attempts to connect. The queue
// is much smaller than the agent's table of messages in flight, so that every message gets a slot.
const std::vector<Property> defaults{{"message.timeout.ms", "30000"},
                                     {"reconnect.backoff.max.ms", "1000"},
                                     {"queue.buffering.max.messages", "1000"}};
static_assert(tool_kafka_limits.inflight_max >= 4 * 1'000);

// Delivery reports, as lines. librdkafka's callback makes them, but does not print them: printing may throw,
// and no exception may pass through the callback's caller.
struct Reports {
  std::vector<std::string> lines;
  std::uint64_t failed = 0;
};

std::string trace_fields(const rd_kafka_message_t* message) {
  std::string fields;
  for (const MessageHeader& header : headers_of(message)) {
    if (!is_trace_header(header.name)) continue;
    fields.append(" ").append(field_name(header.name)).append("=").append(field(header.value));
  }
  return fields;
}

void on_delivery(rd_kafka_t*, const rd_kafka_message_t* message, void* opaque) noexcept {
  Reports& reports = *static_cast<Reports*>(opaque);
  const std::string topic = topic_field(message);
  if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
    ++reports.failed;
    reports.lines.push_back("failed" + topic + key_field(message) +
                            " error=" + rd_kafka_err2name(message->err));
    return;
  }
  reports.lines.push_back("delivered" + topic + " partition=" + std::to_string(message->partition) +
                          " offset=" + std::to_string(message->offset) + key_field(message) +
                          trace_fields(message));
}

class Production {
 public:
  Production(const ProduceOptions& options, ToolAgent& agent, int input, std::ostream& out,
             std::ostream& err);

  // Sends until there are no more values or a signal comes, then waits until every message has ended.
  void run();

  bool complete() const noexcept { return reports_.failed == 0; }

 private:
  bool next_value(std::string& value);
  bool send(const std::string& value);
  bool wait_for_room();
  void serve(int timeout_ms);
  void finish();

  const ProduceOptions& options_;
  ToolAgent& agent_;
  OutageNotices notices_;
  LineReader input_;
  CheckedOutput out_;
  std::vector<RecordHeader> headers_;
  Reports reports_;
  int queue_max_ = 0;
  std::uint64_t sent_ = 0;
  StopSignal stop_;
  Client client_;  // last, so that it ends before what its callback writes to
};

Production::Production(const ProduceOptions& options, ToolAgent& agent, int input, std::ostream& out,
                       std::ostream& err)
    : options_{options}, agent_{agent}, notices_{agent, err}, input_{input}, out_{out} {
  for (const auto& [name, value] : options.headers) headers_.push_back({name, value});
  ClientConf conf{defaults};
  conf.set({{"bootstrap.servers", options.client.brokers}});
  conf.set(options.client.properties);
  rd_kafka_conf_set_opaque(conf.get(), &reports_);
  rd_kafka_conf_set_dr_msg_cb(conf.get(), on_delivery);
  const std::string queue_max = conf.value("queue.buffering.max.messages");
  std::from_chars(queue_max.data(), queue_max.data() + queue_max.size(), queue_max_);
  client_ = conf.create(agent.kafka(), RD_KAFKA_PRODUCER);
}

void Production::run() {
  std::string value;
  while (stop_.requests() == 0 && next_value(value) && send(value)) {
    if (++sent_ % records_per_look == 0) agent_.keep_up();
    serve(0);
  }
  finish();
}

// Returns false at the end of the values, or if a signal comes during the wait for one.
bool Production::next_value(std::string& value) {
  if (options_.count) {
    if (sent_ == *options_.count) return false;
    value = "message " + std::to_string(sent_);
    return true;
  }
  while (stop_.requests() == 0) {
    switch (input_.next(value, wait_ms)) {
      case LineReader::Result::line:
        return true;
      case LineReader::Result::end:
        return false;
      case LineReader::Result::nothing_yet:
        serve(0);
    }
  }
  return false;
}

// Returns false if a signal comes before librdkafka's queue has room. A send into a full queue would be
// refused, and a refused send makes a span.
bool Production::send(const std::string& value) {
  ProducerRecord record;
  record.topic = options_.topic.c_str();
  record.value = value;
  record.headers = headers_;
  std::string key;
  if (options_.key_prefix) {
    key = *options_.key_prefix + std::to_string(sent_);
    record.key = key;
  }
  TracingProducer producer{agent_.kafka(), client_.get()};
  while (wait_for_room()) {
    const rd_kafka_resp_err_t error = producer.send(record);
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return true;
    if (error == RD_KAFKA_RESP_ERR__QUEUE_FULL) {
      serve(wait_ms);
      continue;
    }
    ++reports_.failed;
    out_.line("failed topic=" + field(options_.topic) + " key=" + field(key) +
              " error=" + rd_kafka_err2name(error));
    return true;
  }
  return false;
}

bool Production::wait_for_room() {
  while (queue_max_ > 0 && rd_kafka_outq_len(client_.get()) >= queue_max_ && stop_.requests() == 0)
    serve(wait_ms);
  return stop_.requests() == 0;
}

void Production::serve(int timeout_ms) {
  rd_kafka_poll(client_.get(), timeout_ms);
  notices_.print_if_due(agent_.now_us());
  if (reports_.lines.empty()) return;
  for (const std::string& line : reports_.lines) out_.line(line);
  reports_.lines.clear();
  out_.flush();
}

void Production::finish() {
  bool purged = false;
  while (rd_kafka_outq_len(client_.get()) > 0) {
    rd_kafka_flush(client_.get(), wait_ms);
    serve(0);
    if (stop_.requests() > 1 && !purged) {
      rd_kafka_purge(client_.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
      purged = true;
    }
  }
  serve(0);
  out_.flush();
}

}  // namespace

int run_produce(const ProduceOptions& options, int input, std::ostream& out, std::ostream& err) {
  return run_traced(options.client, err, [&](ToolAgent& agent) {
    return Production{options, agent, input, out, err};
  });
}

}  // namespace edgespan::cli
