// SPDX-License-Identifier: Apache-2.0
#include "cli/doctor/tls_diagnosis.hpp"

#include "cli/doctor/clock_diagnosis.hpp"
#include "cli/text/quantities.hpp"

#include <edgespan/port.h>

namespace edgespan::cli {
namespace {

constexpr int certificate_required = 116;  // an alert of TLS 1.3

bool certificate_was_seen(int result) noexcept {
  return result > 0 || (result <= EDGESPAN_STREAM_UNKNOWN_ROOT && result >= EDGESPAN_STREAM_BAD_CERTIFICATE);
}

std::string skipped_roots(const TlsAttempt& attempt) {
  const std::uint32_t count = attempt.roots_skipped;
  if (count == 0) return {};
  return "; " + counted(count, "of them is of a kind that this TLS cannot read, and is skipped",
                        "of them are of kinds that this TLS cannot read, and are skipped");
}

}  // namespace

Finding diagnose_alert(int alert) {
  const std::string number = "TLS alert " + std::to_string(alert);
  if (alert == certificate_required) {
    return {false, "the server asks for a certificate of this machine (" + number + ")",
            "give it one that the server accepts, and its key: --cert and --key"};
  }
  return {false, "the server refused the connection with " + number,
          "40: the server wants a certificate of this machine (--cert, --key), or has no cipher of TLS 1.2 "
          "with ECDHE; 42 to 48: it does not take this machine's certificate; 70: it has no version in "
          "common; others: RFC 8446, section 6"};
}

Finding diagnose_handshake(const TlsAttempt& attempt) {
  if (certificate_was_seen(attempt.result)) return {true, "TLS", {}};
  if (attempt.received.starts_with("HTTP/")) {
    return {
        false, "the server speaks plain HTTP on this port, the URL says https",
        "name the port on which it speaks TLS; http:// on this one would send spans that anybody can read"};
  }
  switch (attempt.result) {
    case 0:
      return {false, "the server does not go on with the handshake for " + duration_text(attempt.limit_us),
              "check that the port is one for TLS"};
    case EDGESPAN_STREAM_NO_CLOCK:
      return unknown_date(attempt.machine_s, "; no certificate can be checked");
    case EDGESPAN_STREAM_NO_ENTROPY:
      return {false, "this machine has no random numbers yet to make keys from",
              "wait until the system has gathered entropy, or give it a source of it"};
    case EDGESPAN_STREAM_NO_MEMORY:
      return {false, "the memory for TLS is too small for this server's certificates",
              "let the server send its own certificate and those between it and the root, no more"};
    case EDGESPAN_STREAM_CLOSED:
    case EDGESPAN_STREAM_RESET:
      return {false, "the server ended the connection in the middle of the handshake",
              "check that the port is one for TLS, and whether the server asks for a certificate (--cert, "
              "--key), or does not take this machine's certificate"};
    default:
      break;
  }
  if (attempt.failure.alert >= 0) return diagnose_alert(attempt.failure.alert);
  return {false, "the server does not speak TLS, or no TLS that edgespan accepts",
          "check that the port is one for TLS, and that the server offers TLS 1.2 with ECDHE"};
}

Finding diagnose_certificate(const TlsAttempt& attempt) {
  const std::string& host = attempt.url.host;
  const std::string now = date_text(attempt.machine_s);
  const std::string which =
      attempt.failure.depth > 0 ? "a certificate above the server's" : "the server's certificate";
  switch (attempt.result) {
    case EDGESPAN_STREAM_UNKNOWN_ROOT:
      return {
          false,
          "the server's certificate leads to none of the roots in " + attempt.ca + skipped_roots(attempt),
          "give --ca the root that signed it; the server has to send those in between itself (see: openssl "
          "s_client -showcerts -connect " +
              host_and_port(host, attempt.url.port) + ")"};
    case EDGESPAN_STREAM_WRONG_HOST:
      return {false, "the server's certificate is not for " + host,
              "call the server by a name that its certificate has, or let its certificate have this one as a "
              "subjectAltName"};
    case EDGESPAN_STREAM_EXPIRED:
      return {false, which + " has expired, by this machine's clock: " + now,
              "if that date is right, renew the certificate; if not, set the clock"};
    case EDGESPAN_STREAM_NOT_YET_VALID:
      return {false, which + " is not valid yet, by this machine's clock: " + now,
              "set this machine's clock (NTP, or date -s); if it is right, the clock was wrong where the "
              "certificate was made"};
    case EDGESPAN_STREAM_BAD_CERTIFICATE:
      return {false, which + " is unreadable, too weak, or not made for servers",
              "use RSA of 2048 bits or more or P-256, SHA-256 or longer, and serverAuth as its use"};
    default:
      return {
          true,
          "the certificate is for " + host + " and leads to a root in " + attempt.ca + skipped_roots(attempt),
          {}};
  }
}

}  // namespace edgespan::cli
