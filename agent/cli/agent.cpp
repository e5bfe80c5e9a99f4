// SPDX-License-Identifier: Apache-2.0
#include "cli/agent.hpp"

#include "cli/error.hpp"

#include <algorithm>
#include <cerrno>
#include <span>
#include <string_view>
#include <system_error>

namespace edgespan::cli {
namespace {

// As many spans as half of the ring holds at the least, whatever they look like.
constexpr std::uint64_t waiting_spans_max = tool_limits.ring_bytes / span_bytes_max / 2;
constexpr std::uint32_t keep_up_ms = 1'000;

// Without --zipkin the whole path works, up to a collector that keeps nothing.
Sender null_sender() noexcept {
  const auto offer = [](void*, std::span<const std::byte>, std::uint64_t) {
    SendResult result;
    result.state = SendState::delivered;
    return result;
  };
  return {nullptr, offer, [](void*) {}};
}

Sampler make_sampler(const AgentOptions& options) noexcept {
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

std::string_view reason_text(SendReason reason) noexcept {
  switch (reason) {
    case SendReason::none:
      return "";
    case SendReason::connect:
      return "no connection";
    case SendReason::broken:
      return "the connection broke before the reply was complete";
    case SendReason::deadline:
      return "no reply within the deadline";
    case SendReason::garbage:
      return "the reply is not HTTP";
    case SendReason::tls:
      return "no TLS session could be agreed on";
    case SendReason::unknown_root:
      return "its certificate leads to none of the roots that are trusted";
    case SendReason::wrong_host:
      return "its certificate is for another name";
    case SendReason::expired:
      return "its certificate has expired";
    case SendReason::not_yet_valid:
      return "its certificate is not valid yet by this machine's clock";
    case SendReason::bad_certificate:
      return "its certificate is not fit for a server";
    case SendReason::no_clock:
      return "the date is not known yet, so no certificate can be checked";
    case SendReason::no_entropy:
      return "this machine has no chance yet to make keys from";
    case SendReason::no_memory:
      return "the memory for TLS is too small";
    default:
      return "refused";
  }
}

}  // namespace

Agent::Agent(const AgentOptions& options)
    : service_{options.service},
      zipkin_url_{options.zipkin_url},
      memory_{std::make_unique<Memory<tool_limits>>()},
      sampler_{make_sampler(options)} {
  if (!port_.init()) throw RunError{"cannot set up the reporter: " + std::generic_category().message(errno)};
  init_tracing(options);
  init_reporter(options);
}

void Agent::init_tracing(const AgentOptions& options) {
  TracingConfig config;
  config.local.service_name = options.service;
  config.trace_id_128 = options.id_bits == 128;
  config.sampler = &sampler_;
  const Status traced = tracing_.init(*memory_, config, port_.clock());
  if (traced == Status::bad_text) refuse("--service", options.service, traced);
  require("tracing", traced);

  KafkaConfig kafka;
  kafka.remote_service_name = options.remote_service;
  kafka.shared_root = options.shared_root;
  kafka.b3 = options.b3;
  const Status wrapped = kafka_.init(tracing_, memory_->inflight, kafka);
  if (wrapped == Status::bad_text) refuse("--remote-service", options.remote_service, wrapped);
  require("Kafka tracing", wrapped);
  tracing_.enable(!options.off);
}

void Agent::init_reporter(const AgentOptions& options) {
  Sender sender = null_sender();
  if (!options.zipkin_url.empty()) {
    const Status status = http_.init(port_.stream(), options.zipkin_url);
    if (status == Status::bad_url || status == Status::not_secure) refuse("--zipkin", options.zipkin_url, status);
    require("the HTTP sender", status);
    sender = http_.sender();
  }
  require("the reporter", reporter_.init(tracing_, sender));
  require("the reporter", reporter_.start(port_.worker()));
}

ConsumerMemory Agent::consumer_memory(std::size_t records) noexcept {
  ConsumerMemory memory = memory_->consumer;
  memory.records = memory.records.first(std::min(records, memory.records.size()));
  return memory;
}

void Agent::keep_up() noexcept {
  // A time-out is no error here: the books will tell.
  if (tracing_.books().in_ring > waiting_spans_max) static_cast<void>(reporter_.flush(keep_up_ms));
}

Books Agent::stop(std::uint32_t deadline_ms) noexcept {
  // Whether something was left is in the books, by reason.
  static_cast<void>(reporter_.stop(deadline_ms));
  return tracing_.books();
}

std::string Agent::complaint() const {
  const SendReason reason = reporter_.last_reason();
  if (reason == SendReason::none) return {};
  std::string text =
      "the last offer of spans to " + zipkin_url_ + " failed: " + std::string{reason_text(reason)};
  if (reporter_.last_status() != 0) text += " with status " + std::to_string(reporter_.last_status());
  return text + "; check the URL and that the collector runs";
}

}  // namespace edgespan::cli
