// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/options/tracing_options.hpp"
#include "cli/sending/sender_setup.hpp"

#include <edgespan/agent.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace edgespan::cli {

// The tool takes more memory than a gateway grants, so that the spans of some thousand records can wait for a
// slow collector.
inline constexpr Limits tool_limits{.ring_bytes = 1'048'576, .batch_bytes = 65'536, .spans_open_max = 16};
inline constexpr KafkaLimits tool_kafka_limits{
    .inflight_max = 4'096, .poll_records_max = 500, .poll_topics_max = 64};

// An agent as a command's options want it. Pinned. It must outlive the Kafka clients that are made with it.
class ToolAgent {
 public:
  // Starts it. Throws UsageError for an option that cannot be used, RunError if the system refuses something.
  explicit ToolAgent(const TracingOptions& options);
  ToolAgent(const ToolAgent&) = delete;
  ToolAgent& operator=(const ToolAgent&) = delete;

  Tracing& tracing() noexcept { return agent_->tracing(); }
  KafkaTracing& kafka() noexcept { return agent_->kafka(); }
  const std::string& service() const noexcept { return service_; }
  // What the span of the work on a record is called unless an option says so; empty: it has a name already.
  std::string_view work_name() const noexcept { return work_name_; }

  // Memory for the polls of one consumer, each of at most `records`.
  ConsumerMemory consumer_memory(std::size_t records) noexcept;

  // Waits a second at most for the reporter if more spans wait than half of the ring holds. The tool has
  // time, and spans that it loses by its own speed would say nothing about the system that it tests.
  void keep_up() noexcept;

  // Delivers the spans that wait; Status::timeout if that takes longer than `timeout_ms`.
  Status flush(std::uint32_t timeout_ms) noexcept { return agent_->reporter().flush(timeout_ms); }

  // Delivers what it can within `deadline_ms`, stops the agent and returns the final books.
  Books stop(std::uint32_t deadline_ms) noexcept;

  // What compression has saved, as a line; empty without --gzip.
  std::string gzip_line() const { return sender_.gzip_line(); }

  // Whether the last offer of spans has failed.
  bool last_offer_failed() const noexcept {
    const Outcome last = agent_->reporter().last_outcome();
    return last != Outcome::pending && last != Outcome::delivered;
  }
  std::uint64_t now_us() const noexcept;

  // Why spans are not delivered and what to do, as a sentence without a full stop; empty if no cause is
  // known.
  std::string delivery_problem() const;

 private:
  std::string service_;
  SenderSetup sender_;
  std::string_view work_name_ = "process";
  std::unique_ptr<Agent<tool_limits, tool_kafka_limits>> agent_;  // last, so that it ends before its sender
};

}  // namespace edgespan::cli
