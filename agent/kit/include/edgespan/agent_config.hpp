// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <edgespan/port.h>

#include <cstdint>
#include <edgespan/http_sender.hpp>
#include <edgespan/kafka.hpp>
#include <edgespan/reporter.hpp>
#include <edgespan/sender.hpp>
#include <edgespan/tracing.hpp>
#include <string_view>

namespace edgespan {

// All settings of an Agent. Two are enough: `service_name` and `url`. Texts and tables are copied by
// Agent::start(); what a table's `ctx` and a sampler's rules point to is kept until Agent::stop().
struct AgentConfig {
  std::string_view service_name{};  // 1 to 63 bytes of UTF-8; empty: tracing.local.service_name

  bool enabled = true;  // false: the agent starts switched off, as by Tracing::enable(false)

  // Where spans go:
  //   http://host[:port][/path]   a Zipkin collector; the path is /api/v2/spans unless given
  //   https://...                 the same, with `tls`
  //   otlp://host[:port][/path]   whatever takes OTLP/HTTP; 4318 and /v1/traces unless given; with
  //   `http.dialect` otlps://...                 the same, with `tls`; so are http:// and https:// if the
  //   path ends with /v1/traces kafka://host[:port][,host...][/topic]   the topic that a Zipkin collector
  //   reads; "zipkin" unless given none:                       nowhere; spans are counted as delivered
  std::string_view url{};
  const Sender* sender = nullptr;  // a sender of the caller's own, in place of `url`

  TracingConfig tracing{};
  ReporterConfig reporter{};
  KafkaConfig kafka{};  // of the application's records

  HttpConfig http{};                  // of an http, https, otlp or otlps URL
  const edgespan_tls* tls = nullptr;  // of an https:// or otlps:// URL: edgespan::mbedtls has one
  // Of a kafka:// URL: settings for the producer that sends the spans, security above all. Copied. Its
  // brokers are those of the URL; what bounds its memory is set unless it was set here (constrain()). Null:
  // none.
  const rd_kafka_conf_t* span_producer_conf = nullptr;

  // The budget of the whole process, such as `edgespan budget` works it out: librdkafka ends a process that
  // finds no memory. Agent::start() compares it with what the system grants, before it does anything else. 0:
  // it compares what edgespan takes by itself, the producer of a kafka:// URL included.
  std::uint64_t memory_max_bytes = 0;
};

}  // namespace edgespan
