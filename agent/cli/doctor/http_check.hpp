// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/doctor/doctor_command.hpp"
#include "cli/doctor/probe_span.hpp"
#include "cli/doctor/reply_text.hpp"
#include "cli/doctor/timed_connection.hpp"
#include "cli/sending/tls_stream.hpp"

#include <edgespan/http_sender.hpp>

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace edgespan::cli {

// An uplink over http or https: resolve, connect, handshake, verify, clock, empty post, round trip. What is
// posted goes through the sender that the agent uses. Pinned.
class HttpCheck {
 public:
  // Throws UsageError if the certificates that were named cannot be used.
  HttpCheck(const DoctorOptions& options, const SpanUrl& target, const MachineClock& clock,
            DoctorReport& checkup);

  void run();

 private:
  bool shake_hands();
  bool post_nothing();
  void round_trip();
  Finding judge_handshake(int opened) const;
  Finding judge_certificate(int error) const;
  Finding judge_result(const SendResult& result, const ReplyText& answer) const;
  Dates dates(std::string_view server_date) const;
  SendResult post(std::span<const std::byte> batch);
  unsigned get(const std::string& path);
  int exchange(const std::string& request, HttpReply& reply, std::size_t& sent);
  Finding look_up(const ProbeSpan& span, const std::string& prefix);

  std::string url_text_;
  std::string ca_;
  const MachineClock& clock_;
  DoctorReport& checkup_;
  HttpUrl url_;
  std::string host_;
  TimedConnection wire_;
  RecordingStream below_tls_;
  std::unique_ptr<TlsStream> tls_;
  RecordingStream recorder_;  // of HTTP
  HttpSender sender_;
};

}  // namespace edgespan::cli
