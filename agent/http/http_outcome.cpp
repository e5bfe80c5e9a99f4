// SPDX-License-Identifier: Apache-2.0
#include "http/http_outcome.hpp"

#include <edgespan/port.h>

#include "core/assert.hpp"

namespace edgespan::http_detail {
namespace {

// 408, 429, 502, 503 and 504 say that the same bytes may be welcome later (the set of OTLP, and 408). A plain
// 500 from Zipkin can be either: an overloaded server, or a body that it will never read (Zipkin 3.5.1,
// observed). Every other status would be answered to the same bytes again; 501, 505 and the private 5xx of
// proxies speak of the server's set-up.
Outcome outcome_of(unsigned status, bool says_too_large) noexcept {
  EDGESPAN_ASSERT(status >= 200 && status <= 599);  // HttpReply lets no other through
  switch (status) {
    case 400:
      return Outcome::malformed;
    case 401:
    case 403:
      return Outcome::unauthorized;
    case 408:
    case 429:
    case 502:
    case 503:
    case 504:
      return Outcome::overloaded;
    case 413:
      return Outcome::too_large;
    case 500:
      // Zipkin 3.5.1, observed: above 10 MiB it answers 500 and the body "413 Request Entity Too Large".
      return says_too_large ? Outcome::too_large : Outcome::failing;
    default:
      return status < 300 ? Outcome::delivered : Outcome::refused;
  }
}

struct TlsMeaning {
  std::int32_t error;
  Outcome outcome;  // pending: as for any other error
  TlsCause cause;
};
constexpr TlsMeaning tls_meanings[] = {
    {EDGESPAN_STREAM_TLS, Outcome::pending, TlsCause::no_agreement},
    {EDGESPAN_STREAM_UNKNOWN_ROOT, Outcome::untrusted, TlsCause::unknown_root},
    {EDGESPAN_STREAM_WRONG_HOST, Outcome::untrusted, TlsCause::wrong_host},
    {EDGESPAN_STREAM_EXPIRED, Outcome::wrong_date, TlsCause::expired},
    {EDGESPAN_STREAM_NOT_YET_VALID, Outcome::wrong_date, TlsCause::not_yet_valid},
    {EDGESPAN_STREAM_BAD_CERTIFICATE, Outcome::untrusted, TlsCause::bad_certificate},
    {EDGESPAN_STREAM_NO_CLOCK, Outcome::no_date, TlsCause::no_clock},
    {EDGESPAN_STREAM_NO_ENTROPY, Outcome::unprepared, TlsCause::no_entropy},
    {EDGESPAN_STREAM_NO_MEMORY, Outcome::unprepared, TlsCause::no_memory},
};

}  // namespace

SendResult outcome_of_reply(const HttpReply& reply) noexcept {
  EDGESPAN_ASSERT(reply.status() != 0);
  SendResult result;
  result.outcome = outcome_of(reply.status(), reply.says_too_large());
  result.status = reply.status();
  if (result.outcome == Outcome::overloaded || result.outcome == Outcome::failing) {
    result.asked_pause_us = reply.retry_after_us();
    result.asked_until_us = reply.retry_at_us();
  }
  return result;
}

SendResult outcome_of_stream_error(std::int32_t error, Outcome otherwise) noexcept {
  EDGESPAN_ASSERT(error < 0);
  EDGESPAN_ASSERT(otherwise == Outcome::unreachable || otherwise == Outcome::interrupted);
  SendResult result;
  result.outcome = otherwise;
  for (const TlsMeaning& meaning : tls_meanings) {
    if (meaning.error != error) continue;
    if (meaning.outcome != Outcome::pending) result.outcome = meaning.outcome;
    result.cause = meaning.cause;
  }
  return result;
}

}  // namespace edgespan::http_detail
