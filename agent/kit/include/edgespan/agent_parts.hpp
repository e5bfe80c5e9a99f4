// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <edgespan/port.h>

#include <edgespan/agent_config.hpp>
#include <edgespan/agent_core.hpp>
#include <edgespan/agent_status.hpp>
#include <edgespan/collector_url.hpp>
#include <edgespan/http_sender.hpp>
#include <edgespan/kafka.hpp>
#include <edgespan/memory_room.hpp>
#include <edgespan/sender.hpp>
#include <edgespan/span_producer.hpp>
#include <span>

namespace edgespan {

// What an Agent is made of but for its memory and its port: compiled once, whatever limits and port an Agent
// has. The order of calls is that of AgentCore. Pinned.
class AgentParts {
 public:
  AgentParts() noexcept = default;
  ~AgentParts() { static_cast<void>(stop(0)); }
  AgentParts(const AgentParts&) = delete;
  AgentParts& operator=(const AgentParts&) = delete;

  // Begins a start. Status::already_started if the agent runs, starts or stops.
  AgentStatus claim() noexcept;

  // Goes on with it over memory and port, which are kept. On failure everything is stopped. `room`: of the
  // process.
  AgentStatus start(const AgentConfig& config, const TracingMemory& memory,
                    std::span<InflightBucket> inflight, const edgespan_clock& clock,
                    const edgespan_stream& stream, const edgespan_worker& worker,
                    const MemoryRoom& room) noexcept;

  Status stop(std::uint32_t deadline_ms) noexcept;

  Tracing& tracing() noexcept { return core_.tracing(); }
  Reporter& reporter() noexcept { return core_.reporter(); }
  KafkaTracing& kafka() noexcept { return kafka_; }
  const SpanProducer& span_producer() const noexcept { return span_producer_; }

 private:
  void leave_parents() noexcept;
  void stop_tls() noexcept;
  void make_anew() noexcept;
  AgentStatus start_kafka(const KafkaConfig& config, std::span<InflightBucket> inflight) noexcept;
  AgentStatus choose_sender(const AgentConfig& config, std::size_t batch_bytes, const edgespan_clock& clock,
                            const edgespan_stream& stream, Sender& sender) noexcept;
  AgentStatus use_kafka(const AgentConfig& config, const CollectorUrl& url, std::size_t batch_bytes,
                        Sender& sender) noexcept;
  AgentStatus use_http(const AgentConfig& config, const edgespan_stream& stream, Sender& sender) noexcept;
  AgentStatus use_https(const AgentConfig& config, const edgespan_clock& clock, const edgespan_stream& stream,
                        Sender& sender) noexcept;

  AgentCore core_;
  KafkaTracing kafka_;
  SpanProducer span_producer_;
  HttpSender http_;
  edgespan_clock clock_{};
  edgespan_stream stream_{};
  edgespan_gzip gzip_{};
  edgespan_tls tls_{};  // with functions while its stream is open to the sender
};

}  // namespace edgespan
