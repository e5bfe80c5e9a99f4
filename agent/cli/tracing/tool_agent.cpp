// SPDX-License-Identifier: Apache-2.0
#include "cli/tracing/tool_agent.hpp"

#include "cli/io/tool_errors.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace edgespan::cli {
namespace {

// What half of the ring holds if every span is as large as it can be.
constexpr std::uint64_t half_full_spans = tool_limits.ring_bytes / span_bytes_max / 2;
constexpr std::uint32_t keep_up_ms = 1'000;

Sampler make_sampler(const TracingOptions& options, const Sampler& otherwise) noexcept {
  if (options.sample_rate) return Sampler::probability(*options.sample_rate, options.ratio_rule);
  if (options.rate_limit) return Sampler::rate_limit(*options.rate_limit);
  return otherwise;
}

// The option that has made a setting of AgentConfig.
constexpr std::array<std::pair<std::string_view, std::string_view>, 6> options_by_setting{
    {{"service_name", "--service"},
     {"kafka.remote_service_name", "--remote-service"},
     {"url", "--zipkin"},
     {"http.gzip", "--gzip"},
     {"tls", "--ca"},
     {"span_producer_conf", "-X"}}};

// Throws what a start that failed means to the person at the command line.
[[noreturn]] void fail(const AgentStatus& status) {
  const std::string_view text = status.text();
  const std::string_view setting = text.substr(0, text.find_first_of(": "));
  for (const auto& [name, option] : options_by_setting) {
    if (name == setting) throw UsageError{std::string{option} + std::string{text.substr(setting.size())}};
  }
  throw RunError{"the agent does not start: " + std::string{text}};
}

}  // namespace

ToolAgent::ToolAgent(const TracingOptions& options)
    : service_{options.service},
      sender_{options.sender, tool_limits.batch_bytes},
      agent_{std::make_unique<Agent<tool_limits, tool_kafka_limits>>()} {
  AgentConfig config;
  posix::Config port;
  if (options.settings != nullptr) {
    options.settings->apply(config);
    options.settings->apply(port);
  }
  config.service_name = {};
  config.url = {};
  config.tracing.local.service_name = options.service;
  config.tracing.trace_id_128 = options.id_bits == 128;
  config.tracing.sampler = make_sampler(options, config.tracing.sampler);
  config.kafka.remote_service_name = options.remote_service;
  config.kafka.shared_root = options.shared_root;
  config.kafka.propagation = options.propagation;
  config.enabled = !options.off;
  if (config.kafka.semantics == Semantics::otel) work_name_ = {};
  sender_.apply(config);
  // Headers of the settings are for their collector, not for one of the command line.
  if (options.settings == nullptr || config.url != options.settings->text(SettingId::url)) {
    config.http.headers = {};
  }
  const AgentStatus status = agent_->start(config, port);
  if (!sender_.tls_problem().empty()) throw UsageError{sender_.tls_problem()};
  if (!status.ok()) fail(status);
}

ConsumerMemory ToolAgent::consumer_memory(std::size_t records) noexcept {
  ConsumerMemory memory = agent_->consumer_memory();
  memory.records = memory.records.first(std::min(records, memory.records.size()));
  return memory;
}

void ToolAgent::keep_up() noexcept {
  // A time-out is no error: the books count the spans that are lost.
  if (agent_->books().in_ring > half_full_spans) static_cast<void>(flush(keep_up_ms));
}

Books ToolAgent::stop(std::uint32_t deadline_ms) noexcept {
  sender_.listen_to(agent_->span_producer());
  // The books say by reason which spans were not delivered.
  static_cast<void>(agent_->stop(deadline_ms));
  return agent_->books();
}

std::uint64_t ToolAgent::now_us() const noexcept {
  const edgespan_clock& clock = agent_->port().clock();
  return clock.mono_us(clock.ctx);
}

std::string ToolAgent::delivery_problem() const {
  const Reporter& reporter = agent_->reporter();
  return sender_.problem(reporter.last_outcome(), reporter.last_cause(), reporter.last_status(),
                         agent_->span_producer());
}

}  // namespace edgespan::cli
