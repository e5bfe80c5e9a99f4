// SPDX-License-Identifier: Apache-2.0
#include <edgespan/agent_parts.hpp>

#include <edgespan/collector_url.hpp>
#include <edgespan/otlp_dialect.hpp>

#include <array>
#include <charconv>
#include <memory>

#include "core/assert.hpp"

namespace edgespan {
namespace {

using Scheme = CollectorUrl::Scheme;

// The sender of the URL `none:`.
Sender sender_to_nowhere() noexcept {
  const auto offer = [](void*, std::span<const std::byte>, std::uint64_t) {
    SendResult result;
    result.outcome = Outcome::delivered;
    return result;
  };
  return {nullptr, offer, [](void*) {}};
}

// What is given and would do nothing is a mistake that somebody should see.
AgentStatus check_fitting(const AgentConfig& config, const CollectorUrl& url) noexcept {
  const bool web = url.scheme == Scheme::http || url.scheme == Scheme::https;
  const Dialect* const dialect = config.http.dialect;
  if (config.tls != nullptr && url.scheme != Scheme::https) {
    return {Status::bad_config, "tls",
            "is for https:// and otlps:// alone; leave it out, or write one of them in url"};
  }
  if (config.http.gzip != nullptr && !web) {
    return {Status::bad_config, "http.gzip", "is for http, https, otlp and otlps alone; leave it out"};
  }
  if (!config.http.headers.empty() && !web) {
    return {Status::bad_config, "http.headers", "is for http, https, otlp and otlps alone; leave it out"};
  }
  // Spans of one dialect at the place of another are lost, some of them without a word.
  const bool for_otlp = dialect != nullptr && dialect->scheme == OtlpDialect::url_rules.scheme;
  if (url.otlp && !for_otlp) {
    return {Status::bad_config, "http.dialect",
            "otlp:// and /v1/traces need it; give the table of an edgespan::OtlpDialect"};
  }
  if (dialect != nullptr && (!web || for_otlp != url.otlp)) {
    return {Status::bad_config, "http.dialect",
            for_otlp ? "is for otlp://, otlps:// and paths that end with /v1/traces; leave it out"
                     : "is for http:// and https:// alone; leave it out"};
  }
  if (config.span_producer_conf != nullptr && url.scheme != Scheme::kafka) {
    return {Status::bad_config, "span_producer_conf", "is for kafka:// alone; leave it out"};
  }
  return {};
}

// A text of a few pieces, cut where it is full.
struct Line {
  std::array<char, AgentStatus::text_bytes_max> text{};
  std::size_t size = 0;

  Line& add(std::string_view piece) noexcept {
    size += piece.copy(text.data() + size, text.size() - size);
    return *this;
  }
  Line& add(std::uint64_t number) noexcept {
    char* const end = std::to_chars(text.data() + size, text.data() + text.size(), number).ptr;
    size = static_cast<std::size_t>(end - text.data());
    return *this;
  }
  std::string_view view() const noexcept { return {text.data(), size}; }
};

// Whether the process may take what is planned for it. Such a limit is met long after the start, by an
// allocation of librdkafka's.
AgentStatus check_memory(const AgentConfig& config, std::size_t batch_bytes,
                         const MemoryRoom& room) noexcept {
  std::uint64_t planned = config.memory_max_bytes;
  if (planned == 0) {
    planned = room.agent_bytes;
    CollectorUrl url;
    const bool by_kafka = config.sender == nullptr && parse_collector_url(config.url, url) == nullptr &&
                          url.scheme == Scheme::kafka;
    if (by_kafka) planned += SpanProducer::memory_bytes(batch_bytes);
  }
  if (planned <= room.limit_bytes) return {};
  Line problem, value;
  problem.add(room.limit_set_by).add(" grants ").add(room.limit_bytes);
  problem.add("; raise that, or plan with less (edgespan budget)");
  return {Status::too_small, "memory_max_bytes", problem.view(), value.add(planned).view()};
}

AgentStatus http_failed(Status status, const AgentConfig& config) noexcept {
  if (status != Status::bad_config) return {status, "url", {}, config.url};
  if (config.http.connect_ms == 0) return {status, "http.connect_ms", "give 1 or more"};
  if (config.http.request_ms == 0) return {status, "http.request_ms", "give 1 or more"};
  if (config.http.progress_bytes_per_s == 0) {
    return {status, "http.progress_bytes_per_s", "give 1 or more"};
  }
  if (!config.http.headers.empty()) {
    return {status, "http.headers", "end each line with CRLF, and behind the last write an empty one"};
  }
  return {status, "http"};
}

}  // namespace

// In their places; what stands on another part goes first.
void AgentParts::make_anew() noexcept {
  std::destroy_at(&span_producer_);
  std::destroy_at(&http_);
  std::destroy_at(&kafka_);
  std::construct_at(&kafka_);
  std::construct_at(&http_);
  std::construct_at(&span_producer_);
}

AgentStatus AgentParts::start(const AgentConfig& config, const TracingMemory& memory,
                              std::span<InflightBucket> inflight, const edgespan_clock& clock,
                              const edgespan_stream& stream, const edgespan_worker& worker,
                              const MemoryRoom& room) noexcept {
  Sender sender;
  AgentStatus status = check_memory(config, memory.batch.size(), room);
  if (status.ok()) status = core_.begin(memory, config.service_name, config.tracing, clock);
  if (status.ok()) status = start_kafka(config.kafka, inflight);
  if (status.ok()) status = choose_sender(config, memory.batch.size(), clock, stream, sender);
  if (status.ok()) status = core_.run(sender, config.reporter, &worker);
  if (!status.ok()) static_cast<void>(stop(0));
  if (!config.enabled) core_.tracing().enable(false);
  return status;
}

AgentStatus AgentParts::start_kafka(const KafkaConfig& config, std::span<InflightBucket> inflight) noexcept {
  const Status status = kafka_.init(core_.tracing(), inflight, config);
  if (status == Status::ok) return {};
  if (status == Status::bad_text)
    return {status, "kafka.remote_service_name", {}, config.remote_service_name};
  if (status != Status::bad_config) return {status, "kafka"};
  if (config.key_bytes_max > key_bytes_most) return {status, "kafka.key_bytes_max", "give 255 or less"};
  if (config.inflight_deadline_s == 0) return {status, "kafka.inflight_deadline_s", "give 1 or more"};
  if (!config.propagation.valid()) {
    return {status, "kafka.propagation", "give 1 to 3 formats that write no header twice"};
  }
  return {status, "kafka.semantics",
          "this program does not link OpenTelemetry's; call link_otel_semantics() before start"};
}

AgentStatus AgentParts::choose_sender(const AgentConfig& config, std::size_t batch_bytes,
                                      const edgespan_clock& clock, const edgespan_stream& stream,
                                      Sender& sender) noexcept {
  CollectorUrl url;
  if (config.sender != nullptr) {
    if (!config.url.empty()) return {Status::bad_config, "sender", "give a url or a sender, not both"};
    sender = *config.sender;
    return check_fitting(config, url);
  }
  if (config.url.empty())
    return {Status::bad_url, "url", "nothing is given; name a collector, or write none:"};
  if (const char* const problem = parse_collector_url(config.url, url)) {
    return {Status::bad_url, "url", problem, config.url};
  }
  if (AgentStatus status = check_fitting(config, url); !status.ok()) return status;
  switch (url.scheme) {
    case Scheme::none:
      sender = sender_to_nowhere();
      return {};
    case Scheme::http:
      return use_http(config, stream, sender);
    case Scheme::https:
      return use_https(config, clock, stream, sender);
    case Scheme::kafka:
      return use_kafka(config, url, batch_bytes, sender);
  }
  return {Status::bad_url, "url"};
}

AgentStatus AgentParts::use_kafka(const AgentConfig& config, const CollectorUrl& url, std::size_t batch_bytes,
                                  Sender& sender) noexcept {
  std::array<char, AgentStatus::text_bytes_max> problem{};
  const Status status =
      span_producer_.start(kafka_, url.brokers, url.topic, config.span_producer_conf, batch_bytes, problem);
  sender = span_producer_.sender();
  if (status == Status::ok) return {};
  const bool refused = problem.front() != '\0';
  return {status, "span_producer_conf",
          refused ? problem.data() : "transactions would take spans back; leave transactional.id out"};
}

AgentStatus AgentParts::use_http(const AgentConfig& config, const edgespan_stream& stream,
                                 Sender& sender) noexcept {
  HttpConfig http = config.http;
  if (http.gzip != nullptr) {
    gzip_ = *http.gzip;
    http.gzip = &gzip_;
  }
  const Status status = http_.init(stream, config.url, http);
  sender = http_.sender();
  return status == Status::ok ? AgentStatus{} : http_failed(status, config);
}

// Without TLS there is no sending: nothing ever falls back to http.
AgentStatus AgentParts::use_https(const AgentConfig& config, const edgespan_clock& clock,
                                  const edgespan_stream& stream, Sender& sender) noexcept {
  if (config.tls == nullptr) {
    return {Status::not_secure, "tls",
            "https:// and otlps:// need it; give the table of an edgespan::mbedtls::TlsStarter"};
  }
  if (config.tls->start == nullptr || config.tls->stop == nullptr) {
    return {Status::bad_config, "tls", "a function of the table is missing"};
  }
  clock_ = clock;
  stream_ = stream;
  const char* problem = "";
  const edgespan_stream* const secure = config.tls->start(config.tls->ctx, &stream_, &clock_, &problem);
  if (secure == nullptr) return {Status::not_secure, "tls", problem};
  tls_ = *config.tls;
  return use_http(config, *secure, sender);
}

AgentStatus AgentParts::claim() noexcept {
  if (core_.tracing().forked()) leave_parents();
  AgentStatus status = core_.claim();
  if (!status.ok()) return status;
  EDGESPAN_ASSERT(tls_.stop == nullptr && span_producer_.client() == nullptr);  // the run before has stopped
  make_anew();
  core_.renew();
  return status;
}

void AgentParts::leave_parents() noexcept {
  span_producer_.leave();
  stop_tls();
}

void AgentParts::stop_tls() noexcept {
  if (tls_.stop != nullptr) tls_.stop(tls_.ctx);
  tls_ = {};
}

Status AgentParts::stop(std::uint32_t deadline_ms) noexcept {
  if (core_.tracing().forked()) {
    leave_parents();
    return Status::forked;
  }
  const Status status = core_.halt(deadline_ms);
  if (status == Status::not_started) return Status::ok;
  span_producer_.stop();
  stop_tls();
  core_.rest();
  return status;
}

}  // namespace edgespan
