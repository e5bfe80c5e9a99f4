// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/answer.hpp"
#include "cli/doctor.hpp"
#include "cli/own_span.hpp"
#include "cli/tls.hpp"
#include "cli/wire.hpp"

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
  HttpCheck(const DoctorOptions& options, const Target& target, const MachineClock& clock, Checkup& checkup);

  void run();

 private:
  bool shake_hands();
  bool post_nothing();
  void round_trip();
  Finding judge_handshake(int opened) const;
  Finding judge_certificate(int error) const;
  Finding judge_result(const SendResult& result, const Answer& answer) const;
  Dates dates(std::string_view server_date) const;
  SendResult post(std::span<const std::byte> batch);
  unsigned get(const std::string& path);
  int exchange(const std::string& request, HttpReply& reply, std::size_t& sent);
  Finding look_up(const OwnSpan& span, const std::string& prefix);

  std::string url_text_;
  std::string ca_;
  const MachineClock& clock_;
  Checkup& checkup_;
  HttpUrl url_;
  std::string host_;
  Wire wire_;
  Recorder below_tls_;
  std::unique_ptr<TlsStream> tls_;
  Recorder recorder_;  // of HTTP
  HttpSender sender_;
};

}  // namespace edgespan::cli
