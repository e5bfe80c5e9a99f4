// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/doctor/finding.hpp"
#include "cli/sending/span_url.hpp"
#include "cli/sending/tls_from_files.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace edgespan::cli {

// A TLS session that the doctor tried to open.
struct TlsAttempt {
  const SpanUrl& url;
  const std::string& ca;            // the file of trusted roots
  std::uint32_t roots_skipped = 0;  // of them, that cannot be read
  int result = 0;                   // of the stream's open(): > 0 open, 0 not within the limit, else an error
  TlsFailure failure{};             // what TLS says of the failure
  std::string_view received{};      // what the server has sent below TLS
  std::int64_t machine_s = 0;       // this machine's date, seconds since 1970
  std::uint64_t limit_us = 0;       // how long the attempt could take
};

// Whether the session was agreed on, whatever became of the certificate.
Finding diagnose_handshake(const TlsAttempt& attempt);

// Whether the server's certificate was accepted. For a handshake that is good.
Finding diagnose_certificate(const TlsAttempt& attempt);

// An alert of TLS that the server has sent, by its number.
Finding diagnose_alert(int alert);

}  // namespace edgespan::cli
