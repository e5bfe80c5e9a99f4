// SPDX-License-Identifier: Apache-2.0
// A span through core, http, kafka and posix, as an application has them: from installed headers and libraries.
#include "gateway.hpp"

#include <edgespan/http_sender.hpp>
#include <edgespan/kafka_sender.hpp>
#include <edgespan/posix.hpp>
#include <edgespan/reporter.hpp>
#include <edgespan/storage.hpp>
#include <edgespan/version.hpp>

#include <cstdio>

namespace {

bool check(bool holds, const char* what) {
  if (!holds) std::fprintf(stderr, "gateway: %s\n", what);
  return holds;
}

}  // namespace

int trace_once() {
  using enum edgespan::Status;
  static edgespan::Memory<> memory;
  static edgespan::posix::Port port;
  static edgespan::Tracing tracing;
  static edgespan::HttpSender zipkin;
  static edgespan::Reporter reporter;
  static edgespan::KafkaTracing kafka;
  static edgespan::KafkaSender sender;

  if (!check(port.init(), "the port does not start")) return 1;
  bool good = check(tracing.init(memory, {.local = {.service_name = "gateway"}}, port.clock()) == ok,
                    "tracing does not start") &&
              check(zipkin.init(port.stream(), "http://127.0.0.1:9411/api/v2/spans") == ok, "the URL is refused") &&
              check(reporter.init(tracing, zipkin.sender()) == ok, "the reporter does not start") &&
              check(sender.init(kafka, nullptr) != ok, "a sender starts without its tracing");
  if (!good) return 1;
  tracing.span("work").finish();
  if (!check(tracing.books().finished == 1, "the span is not in the books")) return 1;
  std::printf("edgespan %s librdkafka %s\n", EDGESPAN_VERSION, rd_kafka_version_str());
  return 0;
}
