// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/options/tracing_options.hpp"
#include "cli/sending/url_sender.hpp"

#include <edgespan/kafka.hpp>
#include <edgespan/kafka_memory.hpp>
#include <edgespan/memory.hpp>
#include <edgespan/posix_port.hpp>
#include <edgespan/reporter.hpp>
#include <edgespan/tracing.hpp>

#include <cstdint>
#include <memory>
#include <string>

namespace edgespan::cli {

// A tool may take what a gateway's budget would not give: spans of some thousand records wait while a
// collector is slow.
inline constexpr Limits tool_limits{.ring_bytes = 1'048'576, .batch_bytes = 65'536, .spans_open_max = 16};
inline constexpr KafkaLimits tool_kafka_limits{
    .inflight_max = 4'096, .poll_records_max = 500, .poll_topics_max = 64};

// A whole agent for the tool: port, sender, tracing, reporter with its thread, and Kafka tracing. Pinned;
// outlives the Kafka clients that are made with it.
class ToolAgent {
 public:
  // Throws UsageError if an option cannot be, RunError if the system refuses something.
  explicit ToolAgent(const TracingOptions& options);
  ToolAgent(const ToolAgent&) = delete;
  ToolAgent& operator=(const ToolAgent&) = delete;

  Tracing& tracing() noexcept { return tracing_; }
  KafkaTracing& kafka() noexcept { return kafka_; }
  const std::string& service() const noexcept { return service_; }

  // For one consumer, which takes at most `records` a poll.
  ConsumerMemory consumer_memory(std::size_t records) noexcept;

  // Gives the reporter time, a second at most, when more spans wait than half of the ring holds: the tool can
  // wait, and a loss that is only its own hurry would say nothing about the system.
  void keep_up() noexcept;

  // Sends what waits; Status::timeout if that takes longer than `timeout_ms`.
  Status flush(std::uint32_t timeout_ms) noexcept { return reporter_.flush(timeout_ms); }

  // Delivers what it can within `deadline_ms` and ends; the final books.
  Books stop(std::uint32_t deadline_ms) noexcept;

  // What packing did, as a line; empty without --gzip.
  std::string gzip_line() const { return uplink_->gzip_line(); }

  // Whether the last offer of spans was not accepted.
  bool failing() const noexcept { return reporter_.last_reason() != SendReason::none; }
  std::uint64_t now_us() const noexcept { return port_.clock().mono_us(port_.clock().ctx); }

  // Why the collector has not taken spans, as a sentence; empty if it has no complaint.
  std::string complaint() const;

 private:
  void init_tracing(const TracingOptions& options);
  void init_reporter(const TracingOptions& options);

  std::string service_;
  std::unique_ptr<Memory<tool_limits>> memory_;
  std::unique_ptr<KafkaMemory<tool_kafka_limits>> kafka_memory_;
  posix::Port port_;
  Tracing tracing_;
  KafkaTracing kafka_;
  std::unique_ptr<UrlSender> uplink_;
  Reporter reporter_;  // ends before what it sends with
};

}  // namespace edgespan::cli
