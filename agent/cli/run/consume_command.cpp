// SPDX-License-Identifier: Apache-2.0
#include "cli/run/consume_command.hpp"

#include "cli/clients/message_fields.hpp"
#include "cli/io/checked_output.hpp"
#include "cli/io/stop_signal.hpp"
#include "cli/io/tool_errors.hpp"
#include "cli/run/traced_run.hpp"
#include "cli/text/escape.hpp"
#include "cli/tracing/outage_notices.hpp"

#include <algorithm>
#include <chrono>

namespace edgespan::cli {
namespace {

using std::chrono::milliseconds;
using SteadyClock = std::chrono::steady_clock;

constexpr milliseconds poll_max{200};  // then signals are checked

// The tool stores an offset after it has printed the record, so that a commit never covers a record that was
// not printed.
const std::vector<Property> defaults{{"auto.offset.reset", "earliest"},
                                     {"enable.auto.offset.store", "false"},
                                     {"enable.partition.eof", "false"},
                                     {"reconnect.backoff.max.ms", "1000"}};

class Consumption {
 public:
  Consumption(const ConsumeOptions& options, ToolAgent& agent, std::ostream& out, std::ostream& err);
  Consumption(const Consumption&) = delete;
  Consumption& operator=(const Consumption&) = delete;
  ~Consumption();

  // Polls until enough records have come, none has come for too long, or a signal comes.
  void run();

  // Whether all records came that were asked for; else `err` gets a line.
  bool complete() const;

 private:
  void subscribe();
  milliseconds poll_time() const;
  std::size_t left() const noexcept;
  void poll();
  void handle(const ConsumerRecord& record);
  void print(const ConsumerRecord& record);
  void report_error(const ConsumerRecord& record);

  const ConsumeOptions& options_;
  ToolAgent& agent_;
  CheckedOutput out_;
  std::ostream& err_;
  OutageNotices notices_;
  std::uint64_t received_ = 0;
  std::uint64_t errors_ = 0;
  SteadyClock::time_point last_record_;
  bool store_offsets_ = true;
  StopSignal stop_;
  Client client_;
};

Consumption::Consumption(const ConsumeOptions& options, ToolAgent& agent, std::ostream& out,
                         std::ostream& err)
    : options_{options},
      agent_{agent},
      out_{out},
      err_{err},
      notices_{agent, err},
      last_record_{SteadyClock::now()} {
  ClientConf conf{defaults};
  conf.set({{"bootstrap.servers", options.client.brokers}, {"group.id", options.group}});
  conf.set(options.client.properties);
  store_offsets_ = conf.value("enable.auto.offset.store") == "false";
  client_ = conf.create(agent.kafka(), RD_KAFKA_CONSUMER);
  rd_kafka_poll_set_consumer(client_.get());
  subscribe();
}

// Leaves the group and commits the stored offsets.
Consumption::~Consumption() {
  if (client_) rd_kafka_consumer_close(client_.get());
}

void Consumption::subscribe() {
  rd_kafka_topic_partition_list_t* topics =
      rd_kafka_topic_partition_list_new(static_cast<int>(options_.topics.size()));
  for (const std::string& topic : options_.topics) {
    rd_kafka_topic_partition_list_add(topics, topic.c_str(), RD_KAFKA_PARTITION_UA);
  }
  const rd_kafka_resp_err_t error = rd_kafka_subscribe(client_.get(), topics);
  rd_kafka_topic_partition_list_destroy(topics);
  if (error == RD_KAFKA_RESP_ERR__INVALID_ARG)
    throw UsageError{"--topic: librdkafka does not accept these names"};
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR)
    throw RunError{std::string{"cannot subscribe: "} + rd_kafka_err2str(error)};
}

void Consumption::run() {
  while (stop_.requests() == 0 && left() > 0 && poll_time().count() > 0) poll();
  out_.flush();
}

// How long the next poll may wait; 0 if no record has come for too long.
milliseconds Consumption::poll_time() const {
  if (!options_.timeout_s) return poll_max;
  const auto limit =
      std::chrono::duration_cast<SteadyClock::duration>(std::chrono::duration<double>{*options_.timeout_s});
  const auto rest = limit - (SteadyClock::now() - last_record_);
  if (rest <= SteadyClock::duration::zero()) return milliseconds{0};
  return std::min(poll_max, std::chrono::ceil<milliseconds>(rest));
}

std::size_t Consumption::left() const noexcept {
  if (!options_.count) return tool_kafka_limits.poll_records_max;
  return static_cast<std::size_t>(
      std::min<std::uint64_t>(*options_.count - received_, tool_kafka_limits.poll_records_max));
}

void Consumption::poll() {
  TracingConsumer consumer{agent_.kafka(), client_.get(), agent_.consumer_memory(left())};
  for (const ConsumerRecord& record : consumer.poll(poll_time())) {
    if (record.error() == RD_KAFKA_RESP_ERR_NO_ERROR) {
      handle(record);
    } else {
      report_error(record);
    }
  }
  out_.flush();
  agent_.keep_up();
  notices_.print_if_due(agent_.now_us());
}

void Consumption::handle(const ConsumerRecord& record) {
  ++received_;
  last_record_ = SteadyClock::now();
  print(record);
  if (!store_offsets_) return;
  // Fails only if another member of the group has taken over the partition; that member reads the record
  // again.
  static_cast<void>(rd_kafka_offset_store(record.message()->rkt, record.partition(), record.offset()));
}

void Consumption::print(const ConsumerRecord& record) {
  std::string line = "record" + topic_field(record.message()) +
                     " partition=" + std::to_string(record.partition()) +
                     " offset=" + std::to_string(record.offset()) + key_field(record.message());
  // Before next_span(), which removes the trace headers.
  for (const MessageHeader& header : headers_of(record.message())) {
    line.append(" ").append(field_name(header.name)).append("=").append(field(header.value));
  }
  if (!options_.process) return out_.line(line);
  Span span = agent_.kafka().next_span(record);
  const std::string_view name = options_.process->empty() ? agent_.work_name() : *options_.process;
  if (!name.empty()) span.name(name);
  const Scope scope{agent_.tracing(), span.context()};
  out_.line(line);
}

void Consumption::report_error(const ConsumerRecord& record) {
  if (record.error() == RD_KAFKA_RESP_ERR__PARTITION_EOF) return;
  ++errors_;
  const std::string text = rd_kafka_message_errstr(record.message());
  if (record.error() == RD_KAFKA_RESP_ERR__FATAL)
    throw RunError{"the consumer cannot go on: " + printable(text)};
  err_ << "edgespan: consumer: " << printable(text) << std::endl;
}

bool Consumption::complete() const {
  if (options_.count && received_ < *options_.count) {
    err_ << "edgespan: " << received_ << " of " << *options_.count << " records came" << std::endl;
    return false;
  }
  // Without a count, no record is a valid result, unless an error was the cause.
  return received_ > 0 || errors_ == 0;
}

}  // namespace

int run_consume(const ConsumeOptions& options, std::ostream& out, std::ostream& err) {
  return run_traced(options.client, err, [&](ToolAgent& agent) {
    return Consumption{options, agent, out, err};
  });
}

}  // namespace edgespan::cli
