// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <edgespan/port.h>

#include <cstdint>
#include <edgespan/agent_core.hpp>
#include <edgespan/agent_status.hpp>
#include <edgespan/books.hpp>
#include <edgespan/made_at_start.hpp>
#include <edgespan/memory.hpp>
#include <string_view>

namespace edgespan {

struct BasicAgentConfig {
  std::string_view service_name{};  // 1 to 63 bytes of UTF-8; empty: tracing.local.service_name
  TracingConfig tracing{};
  ReporterConfig reporter{};
};

// An agent for any platform: memory, tracing and reporter in one object, for a clock, a sender and a thread
// of the caller's. It needs edgespan::core alone. Agent (agent.hpp) has port, sender and Kafka tracing
// besides. For static storage. Pinned.
template <Limits L = Limits{}>
class BasicAgent {
 public:
  BasicAgent() noexcept = default;
  BasicAgent(const BasicAgent&) = delete;
  BasicAgent& operator=(const BasicAgent&) = delete;
  ~BasicAgent() = default;  // stop(0)

  // Starts tracing and reporting. Texts and tables are copied; what the tables' `ctx` point to is kept until
  // stop(). Without a worker the caller calls reporter().step(). On failure the agent is stopped, the text
  // names the setting, and start() may be called again. Status::already_started while it runs. Not while
  // another thread uses the agent.
  AgentStatus start(const BasicAgentConfig& config, const edgespan_clock& clock, const Sender& sender,
                    const edgespan_worker* worker = nullptr) noexcept {
    AgentStatus status = core_.claim();
    if (!status.ok()) return status;
    core_.renew();
    status = core_.begin(memory_.make(), config.service_name, config.tracing, clock);
    if (status.ok()) status = core_.run(sender, config.reporter, worker);
    if (!status.ok()) static_cast<void>(stop(0));
    return status;
  }

  // Delivers what it can within `deadline_ms`, then ends as Reporter::stop() does: what is left is dropped
  // and counted. Status::timeout if anything was left; Status::ok else, and whenever the agent is stopped
  // already. Any thread. start() may follow, with books of its own, once the Spans and Scopes of before are
  // gone.
  Status stop(std::uint32_t deadline_ms) noexcept {
    const Status status = core_.halt(deadline_ms);
    if (status == Status::not_started) return Status::ok;
    core_.rest();
    return status;
  }

  // Valid as long as this object. While the agent is stopped, spans of tracing() record nothing.
  Tracing& tracing() noexcept { return core_.tracing(); }
  Reporter& reporter() noexcept { return core_.reporter(); }

  // Of the present run, or of the last one.
  Books books() noexcept { return core_.tracing().books(); }

 private:
  MadeAtStart<Memory<L>> memory_;
  AgentCore core_;  // ends before its memory
};

}  // namespace edgespan
