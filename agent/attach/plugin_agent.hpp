// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <edgespan/agent_parts.hpp>
#include <edgespan/kafka_tracing.hpp>
#include <edgespan/otlp_dialect.hpp>
#include <edgespan/plugin_memory.hpp>
#include <edgespan/posix_port.hpp>
#include <edgespan/tracing_memory.hpp>

#include <sys/types.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "attach/plugin_gzip.hpp"
#include "attach/plugin_settings.hpp"
#include "attach/problem_text.hpp"

namespace edgespan::attach {

// The one agent of this process. It starts with the first client, so a process that forks before it has one
// of its own, and a child that makes a client after its parent did starts it anew. It runs until the process
// exits: clients come and go.
class PluginAgent {
 public:
  PluginAgent() noexcept = default;
  PluginAgent(const PluginAgent&) = delete;
  PluginAgent& operator=(const PluginAgent&) = delete;
  ~PluginAgent() = delete;  // lives as long as the process; see stop_at_exit()

  // Starts it unless it runs in this process. False: `problem` says why, and nothing is traced. One thread at
  // a time.
  bool start(PluginSettings& settings, ProblemText& problem) noexcept;
  bool runs_here() const noexcept;

  // A client was made, or is being destroyed; any thread. The last one that goes takes along what waits: many
  // programs never come to exit(), and a process with several clients has further ones to wait for. All
  // waits of a process together last `exit_wait` at most, and there is none if the last offer failed.
  void client_made() noexcept;
  void client_ended() noexcept;

  Tracing& tracing() noexcept { return parts_.tracing(); }
  KafkaTracing& kafka() noexcept { return parts_.kafka(); }
  // Monotonic.
  std::uint64_t now_us() const noexcept;

  // In atexit().
  void stop_at_exit() noexcept;

 private:
  bool map_memory(const PluginMemory& sizes) noexcept;
  bool map_otlp(std::size_t bytes) noexcept;
  bool map_gzip(std::size_t bytes) noexcept;
  bool may_wait() noexcept;
  void bring_out() noexcept;

  posix::Port port_;
  AgentParts parts_;
  TracingMemory memory_{};
  std::span<InflightBucket> inflight_{};
  std::optional<OtlpDialect> otlp_{};  // once spans go as OTLP
  PluginGzip gzip_;
  std::span<std::byte> gzip_memory_{};  // once requests are packed
  std::size_t mapped_bytes_ = 0;
  std::atomic<pid_t> process_{0};  // in which it runs
  std::atomic<std::uint32_t> clients_{0};
  std::uint32_t wait_ms_ = 0;
  std::atomic<std::uint32_t> waited_ms_{0};
};

}  // namespace edgespan::attach
