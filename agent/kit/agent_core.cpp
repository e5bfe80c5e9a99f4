// SPDX-License-Identifier: Apache-2.0
#include <edgespan/agent_core.hpp>

#include <memory>

#include "core/assert.hpp"

namespace edgespan {
namespace {

// The parts are made anew in their places. Nobody but the thread that starts the agent uses them meanwhile.
template <typename Part>
void make_anew(Part& part) noexcept {
  std::destroy_at(&part);
  std::construct_at(&part);
}

AgentStatus tracing_failed(Status status, const TracingMemory& memory, const TracingConfig& config) noexcept {
  switch (status) {
    case Status::bad_text:
      return {status, "service_name", {}, config.local.service_name};
    case Status::too_small: {
      const char* const array = shortfall(memory).array;
      return {status, "memory", {}, array != nullptr ? array : ""};
    }
    case Status::misaligned:
      return {status, "memory"};
    case Status::bad_config:
      if (config.span_deadline_s == 0) return {status, "tracing.span_deadline_s", "give 1 or more"};
      return {status, "clock", "a function of the table is missing"};
    default:
      return {status, "tracing"};
  }
}

AgentStatus reporter_failed(Status status, const Sender& sender, const ReporterConfig& config) noexcept {
  if (status != Status::bad_config) return {status, "reporter"};
  if (config.flush_ms == 0) return {status, "reporter.flush_ms", "give 1 or more"};
  if (config.retry_min_ms == 0) return {status, "reporter.retry_min_ms", "give 1 or more"};
  if (config.retry_max_ms < config.retry_min_ms) {
    return {status, "reporter.retry_max_ms", "give no less than retry_min_ms"};
  }
  if (sender.offer == nullptr || sender.cancel == nullptr) {
    return {status, "sender", "a function of the table is missing"};
  }
  return {status, "reporter"};
}

}  // namespace

AgentCore::~AgentCore() { static_cast<void>(halt(0)); }

AgentStatus AgentCore::claim() noexcept {
  // Whatever the parent's agent does, this process' has not begun.
  if (tracing_.forked()) phase_.store(Phase::stopped, std::memory_order_relaxed);
  Phase expected = Phase::stopped;
  if (phase_.compare_exchange_strong(expected, Phase::starting, std::memory_order_acquire,
                                     std::memory_order_relaxed)) {
    return {};
  }
  return {Status::already_started, "start", "the agent runs; stop() it first"};
}

void AgentCore::renew() noexcept {
  EDGESPAN_ASSERT(phase_.load(std::memory_order_relaxed) == Phase::starting);
  make_anew(reporter_);  // before the tracing that it stands on
  make_anew(tracing_);
}

AgentStatus AgentCore::begin(const TracingMemory& memory, std::string_view service_name,
                             const TracingConfig& config, const edgespan_clock& clock) noexcept {
  EDGESPAN_ASSERT(phase_.load(std::memory_order_relaxed) == Phase::starting);
  TracingConfig named = config;
  if (!service_name.empty()) named.local.service_name = service_name;
  const Status status = tracing_.init(memory, named, clock);
  if (status == Status::ok) return {};
  return tracing_failed(status, memory, named);
}

AgentStatus AgentCore::run(const Sender& sender, const ReporterConfig& config,
                           const edgespan_worker* worker) noexcept {
  EDGESPAN_ASSERT(phase_.load(std::memory_order_relaxed) == Phase::starting);
  if (const Status status = reporter_.init(tracing_, sender, config); status != Status::ok) {
    return reporter_failed(status, sender, config);
  }
  if (worker != nullptr) {
    if (const Status status = reporter_.start(*worker); status != Status::ok) return {status, "worker"};
  }
  phase_.store(Phase::running, std::memory_order_release);
  return {};
}

Status AgentCore::halt(std::uint32_t deadline_ms) noexcept {
  Phase phase = phase_.load(std::memory_order_acquire);
  if (phase != Phase::running && phase != Phase::starting) return Status::not_started;
  if (!phase_.compare_exchange_strong(phase, Phase::stopping, std::memory_order_acquire,
                                      std::memory_order_relaxed)) {
    return Status::not_started;
  }
  tracing_.enable(false);
  const Status status = reporter_.stop(deadline_ms);
  return status == Status::not_started ? Status::ok : status;  // the start failed before there was a reporter
}

void AgentCore::rest() noexcept {
  EDGESPAN_ASSERT(phase_.load(std::memory_order_relaxed) == Phase::stopping);
  phase_.store(Phase::stopped, std::memory_order_release);
}

}  // namespace edgespan
