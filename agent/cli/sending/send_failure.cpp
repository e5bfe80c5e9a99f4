// SPDX-License-Identifier: Apache-2.0
#include "cli/sending/send_failure.hpp"

#include <string_view>

namespace edgespan::cli {
namespace {

std::string_view reason_text(SendReason reason) noexcept {
  switch (reason) {
    case SendReason::none:
      return "";
    case SendReason::connect:
      return "no connection";
    case SendReason::broken:
      return "the connection broke before the reply was complete";
    case SendReason::deadline:
      return "no reply within the deadline";
    case SendReason::garbage:
      return "the reply is not HTTP";
    case SendReason::tls:
      return "no TLS session could be agreed on";
    case SendReason::unknown_root:
      return "its certificate leads to none of the roots that are trusted";
    case SendReason::wrong_host:
      return "its certificate is for another host";
    case SendReason::expired:
      return "its certificate has expired";
    case SendReason::not_yet_valid:
      return "its certificate is not valid yet by this machine's clock";
    case SendReason::bad_certificate:
      return "its certificate is not fit for a server";
    case SendReason::no_clock:
      return "the date is not known yet, so no certificate can be checked";
    case SendReason::no_entropy:
      return "this machine has no random numbers yet to make keys from";
    case SendReason::no_memory:
      return "the memory for TLS is too small";
    default:
      return "refused";
  }
}

}  // namespace

std::string send_failure_text(SendReason reason, unsigned status) {
  const std::string text{reason_text(reason)};
  return status == 0 ? text : text + " with status " + std::to_string(status);
}

}  // namespace edgespan::cli
