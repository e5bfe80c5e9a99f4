// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/doctor/doctor_options.hpp"
#include "cli/doctor/doctor_report.hpp"
#include "cli/doctor/machine_clock.hpp"
#include "cli/doctor/probe_span.hpp"
#include "cli/doctor/recording_stream.hpp"
#include "cli/doctor/reply_text.hpp"
#include "cli/doctor/timed_connection.hpp"
#include "cli/sending/span_url.hpp"
#include "cli/sending/tls_from_files.hpp"

#include <edgespan/http_sender.hpp>

#include <cstddef>
#include <memory>
#include <span>
#include <string>

namespace edgespan::cli {

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
  Finding look_up(const ProbeSpan& span, const std::string& prefix);
  void get(const std::string& path);
  int exchange(const std::string& request, std::size_t& sent);

  const SpanUrl& url_;
  std::string ca_;
  const MachineClock& clock_;
  DoctorReport& report_;
  TimedConnection connection_;
  RecordingStream below_tls_;
  std::unique_ptr<TlsFromFiles> tls_;  // null: plain http
  RecordingStream stream_;             // what HTTP goes over
  HttpSender sender_;
};

}  // namespace edgespan::cli
