// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <edgespan/port.h>

#include <atomic>
#include <cstdint>
#include <edgespan/agent_status.hpp>
#include <edgespan/limits.hpp>
#include <edgespan/reporter.hpp>
#include <edgespan/sender.hpp>
#include <edgespan/status.hpp>
#include <edgespan/tracing.hpp>
#include <string_view>

namespace edgespan {

// Tracing and reporter, wired, over memory of the caller's: what BasicAgent and Agent stand on. It is
// compiled once; the templates above it only own the arrays. Each start makes both parts anew, so an agent
// that was stopped, or whose start failed, can be started again.
//
// Order of calls: claim(), renew(), begin(), run() to start; halt(), rest() to stop. What claim() or halt()
// began is the work of one thread until run() or rest(). Pinned.
class AgentCore {
 public:
  AgentCore() noexcept = default;
  ~AgentCore();  // halt(0)
  AgentCore(const AgentCore&) = delete;
  AgentCore& operator=(const AgentCore&) = delete;

  // Begins a start. Status::already_started if the agent runs, starts or stops.
  AgentStatus claim() noexcept;

  // Makes reporter and tracing anew. What stands on the tracing of the run before has ended.
  void renew() noexcept;

  // Begins tracing: its spans wait in `memory`, which is kept. `service_name` replaces the one in
  // `config.local` if it is not empty. Copies everything else. On failure halt() and rest() follow.
  AgentStatus begin(const TracingMemory& memory, std::string_view service_name, const TracingConfig& config,
                    const edgespan_clock& clock) noexcept;

  // Starts the reporter on `worker`; null: the caller calls step(). Copies the tables. On
  // failure halt() and rest() follow.
  AgentStatus run(const Sender& sender, const ReporterConfig& config, const edgespan_worker* worker) noexcept;

  // Switches tracing off and stops the reporter, as Reporter::stop() does. Status::not_started if there is
  // nothing to stop, or another thread is about it: then rest() is not this caller's. Any thread.
  Status halt(std::uint32_t deadline_ms) noexcept;

  // Ends the stop: the next start may begin.
  void rest() noexcept;

  // Valid as long as this object; each start makes a new one in the same place. While the agent is stopped,
  // spans of this tracing record nothing.
  Tracing& tracing() noexcept { return tracing_; }
  Reporter& reporter() noexcept { return reporter_; }

 private:
  enum class Phase : std::uint32_t { stopped, starting, running, stopping };

  Tracing tracing_;
  Reporter reporter_;
  std::atomic<Phase> phase_{Phase::stopped};
};

}  // namespace edgespan
