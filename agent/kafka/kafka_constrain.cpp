// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <charconv>
#include <cstring>
#include <edgespan/kafka_constrain.hpp>
#include <edgespan/rdkafka_memory.hpp>

#include "core/assert.hpp"

namespace edgespan {
namespace {

// librdkafka insists on as much between receive.message.max.bytes and fetch.max.bytes.
constexpr std::int64_t fetch_framing_bytes = 512;
constexpr std::int64_t message_bytes_least = 1'000;  // of message.max.bytes, librdkafka's own

using Text = char[sizeof(Constraint::before)];

bool read(const rd_kafka_conf_t* conf, const char* property, Text& out) noexcept {
  char whole[64] = "";
  std::size_t size = sizeof whole;
  if (rd_kafka_conf_get(conf, property, whole, &size) != RD_KAFKA_CONF_OK) return false;
  std::memcpy(out, whole, sizeof out - 1);
  out[sizeof out - 1] = '\0';
  return true;
}

std::int64_t number(const Text& text) noexcept {
  std::int64_t value = 0;
  std::from_chars(text, text + std::strlen(text), value);
  return value;
}

// Applies limits to one configuration and keeps the report.
class Constraining {
 public:
  explicit Constraining(rd_kafka_conf_t* conf) noexcept : conf_{conf}, defaults_{rd_kafka_conf_new()} {
    EDGESPAN_ASSERT(conf != nullptr);
  }
  Constraining(const Constraining&) = delete;
  Constraining& operator=(const Constraining&) = delete;
  ~Constraining() { rd_kafka_conf_destroy(defaults_); }

  // Whether the application has set it.
  bool kept(const char* property) const noexcept {
    Text now = "";
    Text usual = "";
    return read(conf_, property, now) && read(defaults_, property, usual) && std::strcmp(now, usual) != 0;
  }
  std::int64_t now(const char* property) const noexcept {
    Text text = "";
    read(conf_, property, text);
    return number(text);
  }

  void limit(const char* property, std::int64_t value) noexcept {
    Text text = "";
    const std::to_chars_result written = std::to_chars(text, text + sizeof text - 1, value);
    EDGESPAN_ASSERT(written.ec == std::errc{});
    limit(property, text);
  }
  void limit(const char* property, const char* value) noexcept {
    EDGESPAN_ASSERT(report_.count < report_.lines.size() && !reported(property));
    Constraint& line = report_.lines[report_.count++];
    EDGESPAN_ASSERT(line.property == nullptr);
    line.property = property;
    if (!read(conf_, property, line.before)) return;
    line.outcome = ConstraintOutcome::kept;
    if (!kept(property)) {
      const bool taken = rd_kafka_conf_set(conf_, property, value, nullptr, 0) == RD_KAFKA_CONF_OK;
      line.outcome = taken ? ConstraintOutcome::set : ConstraintOutcome::refused;
    }
    read(conf_, property, line.in_force);
  }
  // The pause between two attempts must not be below the least pause, which may be the application's own.
  void limit_reconnect(std::uint32_t ms) noexcept {
    limit("reconnect.backoff.max.ms", std::max<std::int64_t>(ms, now("reconnect.backoff.ms")));
  }

  const ConstrainReport& report() const noexcept {
    EDGESPAN_ASSERT(report_.count != 0 && report_.count <= report_.lines.size());
    return report_;
  }

 private:
  // Whether the report has a line of this setting: it has one for each.
  bool reported(const char* property) const noexcept {
    return std::any_of(report_.begin(), report_.end(),
                       [&](const Constraint& line) { return std::strcmp(line.property, property) == 0; });
  }

  rd_kafka_conf_t* conf_;
  rd_kafka_conf_t* defaults_;
  ConstrainReport report_{};
};

}  // namespace

// batch.num.messages and linger.ms stay: the queue bounds the messages of a batch, batch.size its bytes.
// message.timeout.ms stays, too: how long a message may wait is not a matter of memory.
ConstrainReport constrain(rd_kafka_conf_t* conf, const ProducerLimits& limits) noexcept {
  Constraining change{conf};
  change.limit("queue.buffering.max.messages", limits.queue_messages_max);
  change.limit("queue.buffering.max.kbytes", limits.queue_payload_kbytes);
  // Without this, a payload larger than the whole queue would be refused as QUEUE_FULL for ever instead of as
  // too large.
  const std::int64_t queue_bytes = change.now("queue.buffering.max.kbytes") * 1'024;
  change.limit("message.max.bytes", std::min<std::int64_t>(limits.message_bytes_max, queue_bytes));
  change.limit("batch.size", limits.batch_bytes);
  change.limit("message.copy.max.bytes", limits.copy_bytes_max);
  change.limit("max.in.flight.requests.per.connection", limits.requests_max);
  change.limit("receive.message.max.bytes", limits.receive_bytes_max);
  change.limit_reconnect(limits.reconnect_ms_max);
  change.limit("enable.metrics.push", "false");  // 2.8's histograms: 63 KiB a client, connected or not
  return change.report();
}

// librdkafka refuses a fetch.max.bytes below message.max.bytes, and a receive.message.max.bytes that is not
// somewhat above fetch.max.bytes; any of the three may be the application's own.
ConstrainReport constrain(rd_kafka_conf_t* conf, const ConsumerLimits& limits) noexcept {
  Constraining change{conf};
  std::int64_t fetch_bytes = limits.fetch_bytes;
  if (change.kept("message.max.bytes")) fetch_bytes = std::max(fetch_bytes, change.now("message.max.bytes"));
  if (change.kept("receive.message.max.bytes")) {
    fetch_bytes = std::min(fetch_bytes, change.now("receive.message.max.bytes") - fetch_framing_bytes);
  }
  change.limit("queued.min.messages", limits.prefetch_messages);
  change.limit("queued.max.messages.kbytes", limits.prefetch_kbytes);
  change.limit("fetch.message.max.bytes", limits.fetch_partition_bytes);
  change.limit("fetch.max.bytes", fetch_bytes);
  fetch_bytes = change.now("fetch.max.bytes");
  change.limit("message.max.bytes",
               std::max(std::min<std::int64_t>(limits.fetch_bytes, fetch_bytes), message_bytes_least));
  // Never below a whole batch: librdkafka would connect, read its length and hang up, for ever.
  change.limit("receive.message.max.bytes",
               std::max<std::int64_t>(limits.batch_bytes_max, fetch_bytes) +
                   static_cast<std::int64_t>(kafka_detail::answer_overhead_bytes));
  change.limit_reconnect(limits.reconnect_ms_max);
  change.limit("fetch.queue.backoff.ms", limits.fetch_pause_ms);
  change.limit("enable.metrics.push", "false");
  return change.report();
}

}  // namespace edgespan
