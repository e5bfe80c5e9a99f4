// SPDX-License-Identifier: Apache-2.0
#include "http/verdict.hpp"

namespace edgespan::http {
namespace {

struct Meaning {
  SendState state;
  SendReason reason;
};

// 408, 429, 502, 503 and 504 say that the same bytes may be welcome later (the set of OTLP, and 408). A plain
// 500 from Zipkin can be either: an overloaded server, or a body that it will never read (Zipkin 3.5.1,
// observed), so it is offered again and the reporter, which sees the status, limits how often. Every other
// status would be answered to the same bytes again; 501, 505 and the private 5xx of proxies speak of the
// server's set-up.
Meaning meaning_of(unsigned status, bool says_too_large) noexcept {
  switch (status) {
    case 408:
      return {SendState::retry, SendReason::http_4xx};
    case 413:
      return {SendState::refused, SendReason::http_413};
    case 429:
      return {SendState::retry, SendReason::http_429};
    case 500:
      // Zipkin 3.5.1, observed: above 10 MiB it answers 500 and the body "413 Request Entity Too Large".
      if (says_too_large) return {SendState::refused, SendReason::http_413};
      return {SendState::retry, SendReason::http_5xx};
    case 502:
    case 503:
    case 504:
      return {SendState::retry, SendReason::http_5xx};
    default:
      break;
  }
  if (status < 300) return {SendState::delivered, SendReason::none};
  if (status < 400) return {SendState::refused, SendReason::http_3xx};
  if (status < 500) return {SendState::refused, SendReason::http_4xx};
  return {SendState::refused, SendReason::http_5xx};
}

}  // namespace

SendResult verdict(const HttpReply& reply) noexcept {
  const Meaning meaning = meaning_of(reply.status(), reply.says_too_large());
  SendResult result;
  result.state = meaning.state;
  result.reason = meaning.reason;
  result.status = reply.status();
  if (meaning.state == SendState::retry) {
    result.retry_after_us = reply.retry_after_us();
    result.retry_at_us = reply.retry_at_us();
  }
  return result;
}

}  // namespace edgespan::http
