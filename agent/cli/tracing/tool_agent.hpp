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

// The tool takes more memory than a gateway grants, so that the spans of some thousand records can wait for a
// slow collector.
inline constexpr Limits tool_limits{.ring_bytes = 1'048'576, .batch_bytes = 65'536, .spans_open_max = 16};
inline constexpr KafkaLimits tool_kafka_limits{
    .inflight_max = 4'096, .poll_records_max = 500, .poll_topics_max = 64};

// A whole agent for the tool: port, sender, tracing, reporter with its thread, and Kafka tracing. Pinned. It
// must outlive the Kafka clients that are made with it.
class ToolAgent {
 public:
  // Throws UsageError for an option that cannot be used, RunError if the system refuses something.
  explicit ToolAgent(const TracingOptions& options);
  ToolAgent(const ToolAgent&) = delete;
  ToolAgent& operator=(const ToolAgent&) = delete;

  Tracing& tracing() noexcept { return tracing_; }
  KafkaTracing& kafka() noexcept { return kafka_; }
  const std::string& service() const noexcept { return service_; }

  // Memory for the polls of one consumer, each of at most `records`.
  ConsumerMemory consumer_memory(std::size_t records) noexcept;

  // Waits a second at most for the reporter if more spans wait than half of the ring holds. The tool has
  // time, and spans that it loses by its own speed would say nothing about the system that it tests.
  void keep_up() noexcept;

  // Delivers the spans that wait; Status::timeout if that takes longer than `timeout_ms`.
  Status flush(std::uint32_t timeout_ms) noexcept { return reporter_.flush(timeout_ms); }

  // Delivers what it can within `deadline_ms`, stops the reporter and returns the final books.
  Books stop(std::uint32_t deadline_ms) noexcept;

  // What compression has saved, as a line; empty without --gzip.
  std::string gzip_line() const { return sender_->gzip_line(); }

  // Whether the last offer of spans has failed.
  bool last_offer_failed() const noexcept { return reporter_.last_reason() != SendReason::none; }
  std::uint64_t now_us() const noexcept { return port_.clock().mono_us(port_.clock().ctx); }

  // Why spans are not delivered and what to do, as a sentence without a full stop; empty if no cause is
  // known.
  std::string delivery_problem() const;

 private:
  void init_tracing(const TracingOptions& options);
  void init_reporter(const TracingOptions& options);

  std::string service_;
  std::unique_ptr<Memory<tool_limits>> memory_;
  std::unique_ptr<KafkaMemory<tool_kafka_limits>> kafka_memory_;
  posix::Port port_;
  Tracing tracing_;
  KafkaTracing kafka_;
  std::unique_ptr<UrlSender> sender_;
  Reporter reporter_;  // last, so that it ends before its sender
};

}  // namespace edgespan::cli
