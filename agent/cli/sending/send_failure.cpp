// SPDX-License-Identifier: Apache-2.0
#include "cli/sending/send_failure.hpp"

#include <string_view>

namespace edgespan::cli {
namespace {

std::string_view cause_text(TlsCause cause) noexcept {
  switch (cause) {
    case TlsCause::none:
      break;
    case TlsCause::no_agreement:
      return "no TLS session could be agreed on";
    case TlsCause::unknown_root:
      return "its certificate leads to none of the roots that are trusted";
    case TlsCause::wrong_host:
      return "its certificate is for another host";
    case TlsCause::expired:
      return "its certificate has expired";
    case TlsCause::not_yet_valid:
      return "its certificate is not valid yet by this machine's clock";
    case TlsCause::bad_certificate:
      return "its certificate is not fit for a server";
    case TlsCause::no_clock:
      return "the date is not known yet, so no certificate can be checked";
    case TlsCause::no_entropy:
      return "this machine has no random numbers yet to make keys from";
    case TlsCause::no_memory:
      return "the memory for TLS is too small";
  }
  return "";
}

std::string_view outcome_text(Outcome outcome) noexcept {
  switch (outcome) {
    case Outcome::pending:
    case Outcome::delivered:
      return "";
    case Outcome::unreachable:
      return "no connection";
    case Outcome::interrupted:
      return "the connection broke before the reply was complete";
    case Outcome::late:
      return "no reply within the deadline";
    case Outcome::garbled:
      return "the reply is not HTTP";
    case Outcome::suspect:
      return "an answer that is none of the collector's, but of a login page or another server,";
    default:
      return "refused";
  }
}

}  // namespace

std::string send_failure_text(Outcome outcome, TlsCause cause, unsigned status) {
  const std::string text{cause == TlsCause::none ? outcome_text(outcome) : cause_text(cause)};
  return status == 0 ? text : text + " with status " + std::to_string(status);
}

}  // namespace edgespan::cli
