// SPDX-License-Identifier: Apache-2.0
#include "http/zipkin_dialect.hpp"

#include <algorithm>

#include "core/assert.hpp"

namespace edgespan::http_detail {
namespace {

constexpr std::string_view blanks = " \t\r\n";

// Zipkin 3.5.1 answers 500 with the text of the error to a body that it will never read. Every other 500
// passes: a storage that is away, and whatever ails the pipeline of a Collector's zipkin receiver.
constexpr std::string_view permanent_refusals[] = {
    "IndexOutOfBounds",  // the body ends in the middle of a span
    "out of bounds",     // the same, in the words of other releases of Java
    "GZIP",              // the body is not the gzip that its header says; `conclude` sends it unpacked
    "gzip",
    "CRC",
};

// The words for "too large" of collectors that do not answer 413.
constexpr std::string_view too_large_500 = "413";                     // Zipkin 3.5.1, above 10 MiB
constexpr std::string_view too_large_400 = "request body too large";  // a Collector's zipkin receiver

// What zipkin-go says (0.4.3), and with it a Collector's zipkin receiver and Jaeger's.
constexpr std::string_view wide_ids_400 = "wanted length 16";

bool contains(std::string_view text, std::string_view part) noexcept {
  return text.find(part) != std::string_view::npos;
}

bool is_permanent(std::string_view text) noexcept {
  return std::any_of(std::begin(permanent_refusals), std::end(permanent_refusals),
                     [text](std::string_view refusal) { return contains(text, refusal); });
}

// No collector says yes by a page of HTML: that is the login page of a network. Nor in protobuf: that is a
// server for OTLP, which has found something else in the bytes, or nothing.
Outcome meaning_of_success(const Answer& answer) noexcept {
  if (answer.type == AnswerType::html || answer.type == AnswerType::protobuf) return Outcome::suspect;
  if (answer.status == 202) return Outcome::delivered;  // Zipkin's own word, which needs no body
  const std::size_t first = answer.opening.find_first_not_of(blanks);
  if (first != std::string_view::npos) {
    return answer.opening[first] == '<' ? Outcome::suspect : Outcome::delivered;
  }
  return answer.fully_seen() ? Outcome::delivered : Outcome::pending;
}

Outcome meaning_of_400(const Answer& answer) noexcept {
  if (contains(answer.opening, too_large_400)) return Outcome::too_large;
  return answer.fully_seen() ? Outcome::malformed : Outcome::pending;
}

Outcome meaning_of_500(const Answer& answer) noexcept {
  if (answer.opening.starts_with(too_large_500)) return Outcome::too_large;
  if (is_permanent(answer.opening)) return Outcome::malformed;
  return answer.fully_seen() ? Outcome::later : Outcome::pending;
}

// 408, 429, 502, 503 and 504 say that the same bytes may be welcome later. A redirect, and 511, come from a
// network that wants a login, or from a server whose address has changed. Every other status would be
// answered to the same bytes again; 501, 505 and the private 5xx of proxies speak of the server's set-up.
Outcome outcome_of(const Answer& answer) noexcept {
  EDGESPAN_ASSERT(answer.status >= 200 && answer.status <= 599);  // HttpReply lets no other through
  switch (answer.status) {
    case 400:
      return meaning_of_400(answer);
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
      return meaning_of_500(answer);
    case 511:
      return Outcome::suspect;
    default:
      break;
  }
  if (answer.status < 300) return meaning_of_success(answer);
  return answer.status < 400 ? Outcome::suspect : Outcome::refused;
}

}  // namespace

bool wants_wide_ids(const Answer& answer) noexcept {
  return answer.status == 400 && contains(answer.opening, wide_ids_400);
}

constinit const Dialect zipkin_dialect{.path = "/api/v2/spans",
                                       .meaning = [](void*, const Answer& answer) noexcept {
                                         SendResult result;
                                         result.outcome = outcome_of(answer);
                                         return result;
                                       }};

}  // namespace edgespan::http_detail
