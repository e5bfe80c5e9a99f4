// SPDX-License-Identifier: Apache-2.0
#include "cli/tracing/tool_agent.hpp"

#include "cli/io/tool_errors.hpp"

#include <algorithm>
#include <cerrno>
#include <string_view>
#include <system_error>

namespace edgespan::cli {
namespace {

// What half of the ring holds if every span is as large as it can be.
constexpr std::uint64_t half_full_spans = tool_limits.ring_bytes / span_bytes_max / 2;
constexpr std::uint32_t keep_up_ms = 1'000;

Sampler make_sampler(const TracingOptions& options) noexcept {
  if (options.sample_rate) return Sampler::probability(static_cast<float>(*options.sample_rate));
  if (options.rate_limit) return Sampler::rate_limit(*options.rate_limit);
  return Sampler::always();
}

std::string sentence(std::string_view what, Status status) {
  return std::string{what} + ": " + std::string{status_text(status)};
}

[[noreturn]] void refuse(std::string_view option, const std::string& value, Status status) {
  throw UsageError{sentence(std::string{option} + " '" + value + "'", status)};
}

void require(std::string_view what, Status status) {
  if (status != Status::ok) throw RunError{sentence(what, status)};
}

}  // namespace

ToolAgent::ToolAgent(const TracingOptions& options)
    : service_{options.service},
      memory_{std::make_unique<Memory<tool_limits>>()},
      kafka_memory_{std::make_unique<KafkaMemory<tool_kafka_limits>>()} {
  if (!port_.init()) throw RunError{"cannot set up the reporter: " + std::generic_category().message(errno)};
  init_tracing(options);
  init_reporter(options);
}

void ToolAgent::init_tracing(const TracingOptions& options) {
  TracingConfig config;
  config.local.service_name = options.service;
  config.trace_id_128 = options.id_bits == 128;
  config.sampler = make_sampler(options);
  const Status traced = tracing_.init(*memory_, config, port_.clock());
  if (traced == Status::bad_text) refuse("--service", options.service, traced);
  require("tracing", traced);

  KafkaConfig kafka;
  kafka.remote_service_name = options.remote_service;
  kafka.shared_root = options.shared_root;
  kafka.b3 = options.b3;
  const Status wrapped = kafka_.init(tracing_, kafka_memory_->inflight, kafka);
  if (wrapped == Status::bad_text) refuse("--remote-service", options.remote_service, wrapped);
  require("Kafka tracing", wrapped);
  tracing_.enable(!options.off);
}

void ToolAgent::init_reporter(const TracingOptions& options) {
  sender_ = std::make_unique<UrlSender>(options.sender, port_, kafka_, memory_->batch.size());
  require("the reporter", reporter_.init(tracing_, sender_->sender()));
  require("the reporter", reporter_.start(port_.worker()));
}

ConsumerMemory ToolAgent::consumer_memory(std::size_t records) noexcept {
  ConsumerMemory memory = kafka_memory_->consumer;
  memory.records = memory.records.first(std::min(records, memory.records.size()));
  return memory;
}

void ToolAgent::keep_up() noexcept {
  // A time-out is no error: the books count the spans that are lost.
  if (tracing_.books().in_ring > half_full_spans) static_cast<void>(reporter_.flush(keep_up_ms));
}

Books ToolAgent::stop(std::uint32_t deadline_ms) noexcept {
  // The books say by reason which spans were not delivered.
  static_cast<void>(reporter_.stop(deadline_ms));
  return tracing_.books();
}

std::string ToolAgent::delivery_problem() const {
  return sender_->problem(reporter_.last_reason(), reporter_.last_status());
}

}  // namespace edgespan::cli
