// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/doctor/doctor_options.hpp"
#include "cli/doctor/doctor_report.hpp"
#include "cli/doctor/machine_clock.hpp"
#include "cli/doctor/probe_span.hpp"
#include "cli/doctor/recording_stream.hpp"
#include "cli/doctor/reply_text.hpp"
#include "cli/doctor/timed_connection.hpp"
#include "cli/sending/otlp_setup.hpp"
#include "cli/sending/span_url.hpp"
#include "cli/sending/tls_from_files.hpp"

#include <edgespan/http_sender.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace edgespan::cli {

// Where a span that was posted can be asked for. Without a stream: nowhere.
struct QueryPlace {
  RecordingStream* stream = nullptr;
  std::uint16_t port = 0;
  std::string path{};  // ahead of the trace id
  std::string whose{};
};

// Checks the way of spans over http or https: resolve, connect, handshake, verify, clock, empty post, round
// trip. What is posted goes through the agent's own HttpSender. Pinned.
class HttpCheck {
 public:
  // Keeps references to `url`, `clock` and `report`. Throws UsageError if the certificates that `options`
  // name cannot be used, RunError if the sender does not start.
  HttpCheck(const DoctorOptions& options, const SpanUrl& url, const MachineClock& clock,
            DoctorReport& report);

  void run();

 private:
  bool shake_hands();
  bool post_nothing();
  void round_trip();
  SendResult post(std::span<const std::byte> batch);
  Finding diagnose(const SendResult& result, const ReplyText& reply) const;
  std::string end_of_head() const;
  Finding look_up(const ProbeSpan& span);
  bool find_query();
  void get(const std::string& path);
  int exchange(const std::string& request, std::size_t& sent);

  const SpanUrl& url_;
  std::string ca_;
  std::string headers_;  // lines for every request to the collector
  std::string headers_made_by_;
  const MachineClock& clock_;
  DoctorReport& report_;
  TimedConnection connection_;
  RecordingStream below_tls_;
  std::unique_ptr<TlsFromFiles> tls_;  // null: plain http
  RecordingStream stream_;             // what HTTP goes over
  RecordingStream plain_;              // without TLS, for Jaeger's queries
  std::unique_ptr<OtlpSetup> otlp_;    // null: Zipkin's dialect
  HttpSender sender_;
  std::uint16_t query_port_;
  QueryPlace query_;
};

}  // namespace edgespan::cli
