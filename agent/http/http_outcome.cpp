// SPDX-License-Identifier: Apache-2.0
#include "http/http_outcome.hpp"

#include <edgespan/port.h>

#include "core/assert.hpp"

namespace edgespan::http_detail {
namespace {

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
