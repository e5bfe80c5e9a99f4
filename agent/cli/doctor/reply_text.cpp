// SPDX-License-Identifier: Apache-2.0
#include "cli/doctor/reply_text.hpp"

#include "cli/spans/trace_tree.hpp"
#include "cli/text/escape.hpp"
#include "http/text.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <ctime>

namespace edgespan::cli {
namespace {

constexpr std::size_t excerpt_bytes_max = 120;
constexpr std::int64_t clock_slack_s = 5;  // a date in a header has no fractions, and was on its way

std::string_view after_first(std::string_view text, std::string_view separator) noexcept {
  const std::size_t at = text.find(separator);
  return at == text.npos ? std::string_view{} : text.substr(at + separator.size());
}

bool same_letters(std::string_view text, std::string_view lower_case) noexcept {
  return std::equal(text.begin(), text.end(), lower_case.begin(), lower_case.end(),
                    [](char a, char b) { return http::lower(a) == b; });
}

bool contains(std::string_view text, std::string_view lower_case) noexcept {
  return std::search(text.begin(), text.end(), lower_case.begin(), lower_case.end(),
                     [](char a, char b) { return http::lower(a) == b; }) != text.end();
}

std::string quoted(const ReplyText& answer) {
  const std::string excerpt = answer.excerpt();
  return excerpt.empty() ? "" : ", and says: " + excerpt;
}

std::string https_url(const HttpUrl& url) {
  const bool ipv6 = url.host.find(':') != url.host.npos;
  const std::string host = ipv6 ? "[" + std::string{url.host} + "]" : std::string{url.host};
  return "https://" + host + ":" + std::to_string(url.port) + std::string{url.path};
}

Finding speaks_tls(const HttpUrl& url) {
  return {false, "the server speaks TLS on this port, the URL says http",
          "write " + https_url(url) + " and give the root of its certificate with --ca"};
}

Finding no_answer(const SendResult& result, const ReplyText& answer, const HttpUrl& url,
                  std::uint64_t limit_us) {
  if (!url.secure && answer.is_tls()) return speaks_tls(url);
  const bool late = result.reason == SendReason::deadline || result.reason == SendReason::connect;
  if (answer.begun() && result.reason != SendReason::garbage) {
    return {false,
            late ? "the answer began, and was not complete within " + duration_text(limit_us)
                 : "the connection was closed in the middle of the answer",
            "look for a bad line, or a proxy that holds bytes back, between here and the collector"};
  }
  switch (result.reason) {
    case SendReason::deadline:
    case SendReason::connect:
      return {
          false, "no answer within " + duration_text(limit_us),
          "somebody accepts connections there and says nothing: check that the port is the collector's, and "
          "whether a firewall or a proxy keeps the answer back"};
    case SendReason::garbage:
      return {false, "what answers does not speak HTTP" + quoted(answer),
              "check host and port; Zipkin listens on 9411 unless told otherwise"};
    default:
      return {false, "the connection was closed before an answer came",
              url.secure
                  ? "check that a collector listens there, and its log"
                  : "check that a collector listens there and not something else; if the port is one for "
                    "TLS, write https:// instead of http://"};
  }
}

Finding wrong_path(const std::string& what, const HttpUrl& url) {
  const std::string path{url.path};
  if (!path.ends_with("/api/v2/spans")) {
    return {false, what + ": nothing there takes these spans at " + path,
            "Zipkin takes them at /api/v2/spans: give the URL with that path, or without any"};
  }
  return {false, what + ": nothing there takes spans at " + path,
          "check that host and port are Zipkin's; behind a proxy the path may need a prefix before "
          "/api/v2/spans"};
}

Finding not_ready(const std::string& what, const ReplyText& answer) {
  const std::string_view pause = answer.header("retry-after");
  const std::string asked = pause.empty() ? ""
                                          : "; it asks to be left alone for " + printable(pause) +
                                                (pause.find(' ') == pause.npos ? " s" : "");
  return {false, what + ": the collector, or a proxy before it, is not ready" + asked + quoted(answer),
          "look at the collector; edgespan would keep its spans and offer them again"};
}

Finding refused(const SendResult& result, const ReplyText& answer, const HttpUrl& url) {
  const std::string what = "status " + std::to_string(result.status);
  switch (result.status) {
    case 401:
    case 403:
    case 407:
      return {
          false, what + ": this machine is not let in" + quoted(answer),
          "edgespan sends no password: let the collector, or the proxy before it, admit this machine by its "
          "address, or by a certificate (--cert and --key)"};
    case 404:
    case 405:
    case 410:
      return wrong_path(what, url);
    case 413:
      return {false, what + ": even this request is too large for the proxy before the collector",
              "raise its limit to the size of a batch, such as nginx's client_max_body_size 64k"};
    case 408:
    case 429:
    case 502:
    case 503:
    case 504:
      return not_ready(what, answer);
    default:
      break;
  }
  if (result.status / 100 == 3) {
    const std::string_view to = answer.header("location");
    return {false, what + ": a redirect" + (to.empty() ? "" : " to " + printable(to)),
            "redirects are not followed: give the URL that spans are to be posted to"};
  }
  if (result.status == 400 || result.status == 415) {
    if (!url.secure && contains(answer.body(), "https")) return speaks_tls(url);
    if (!url.path.ends_with("/api/v2/spans")) return wrong_path(what, url);
    return {false, what + ": what answers does not take Zipkin's protobuf" + quoted(answer),
            "check that it is a Zipkin of version 2.8 or later, or a collector that takes the same"};
  }
  return {false, what + quoted(answer), "look into the log of the collector, or of the proxy before it"};
}

}  // namespace

ReplyText::ReplyText(std::string_view bytes) noexcept : head_{bytes}, body_{bytes} {
  if (!bytes.starts_with("HTTP/")) {
    head_ = {};
    return;
  }
  // Interim replies go before the one that counts.
  while (head_.size() > 9 && head_.substr(8).starts_with(" 1")) head_ = after_first(head_, "\r\n\r\n");
  body_ = after_first(head_, "\r\n\r\n");
  head_ = head_.substr(0, head_.size() - body_.size());
}

std::string_view ReplyText::header(std::string_view name) const noexcept {
  for (std::string_view rest = after_first(head_, "\n"); !rest.empty(); rest = after_first(rest, "\n")) {
    std::string_view line = rest.substr(0, rest.find('\n'));
    const std::size_t colon = line.find(':');
    if (colon == line.npos || !same_letters(line.substr(0, colon), name)) continue;
    line.remove_prefix(colon + 1);
    const std::size_t first = line.find_first_not_of(" \t\r");
    return first == line.npos ? std::string_view{}
                              : line.substr(first, line.find_last_not_of(" \t\r") - first + 1);
  }
  return {};
}

// A record of TLS: its kind (alert or handshake), then the version, 3.x.
bool ReplyText::is_tls() const noexcept {
  return head_.empty() && body_.size() >= 2 && (body_[0] == 0x15 || body_[0] == 0x16) && body_[1] == 0x03;
}

bool ReplyText::is_html() const noexcept {
  return contains(header("content-type"), "html") || contains(body_.substr(0, 256), "<html");
}

std::string ReplyText::excerpt() const {
  std::string_view text = body_;
  if (is_html()) {
    const std::string_view title = after_first(text, "<title>");
    if (title.empty()) return "a page of HTML";
    text = title.substr(0, title.find('<'));
  }
  while (!text.empty() && (text.front() == '\n' || text.front() == '\r' || text.front() == ' ')) {
    text.remove_prefix(1);
  }
  text = text.substr(0, text.find_first_of("\r\n"));
  const bool cut = text.size() > excerpt_bytes_max;
  return printable(text.substr(0, excerpt_bytes_max)) + (cut ? "..." : "");
}

Finding judge_post(const SendResult& result, const ReplyText& answer, const HttpUrl& url,
                   std::uint64_t limit_us) {
  if (result.status == 0) return no_answer(result, answer, url, limit_us);
  if (result.state != SendState::delivered) return refused(result, answer, url);
  const std::string what = "status " + std::to_string(result.status);
  if (answer.is_html()) {
    return {
        false, what + " and a page of HTML: a proxy or a login page answers, not a collector",
        "let this machine reach the collector past it: spans that are sent now would count as delivered, and "
        "be lost"};
  }
  return {true, what, {}};
}

std::string date_text(std::int64_t seconds) {
  const auto time = static_cast<std::time_t>(seconds);
  std::tm parts{};
  std::array<char, 32> text{};
  if (gmtime_r(&time, &parts) == nullptr) return "?";
  std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S UTC", &parts);
  return text.data();
}

std::string span_of_time(std::int64_t seconds) {
  const std::int64_t minute = 60, hour = 3'600, day = 86'400, year = 31'556'952;
  const auto text = [](std::int64_t count, const char* unit) { return std::to_string(count) + " " + unit; };
  if (seconds >= 2 * year) return text(seconds / year, "years");
  if (seconds >= 2 * day) return text(seconds / day, "days");
  if (seconds >= hour) return text(seconds / hour, "h") + " " + text(seconds % hour / minute, "min");
  if (seconds >= minute) return text(seconds / minute, "min") + " " + text(seconds % minute, "s");
  return text(seconds, "s");
}

Finding judge_dates(const Dates& dates) {
  const std::int64_t ahead_s = dates.machine_s - dates.server_s;
  const std::string apart = dates.server_s == 0 ? ""
                                                : ", " + span_of_time(std::abs(ahead_s)) +
                                                      (ahead_s < 0 ? " behind" : " ahead of") +
                                                      " the server, which has " + date_text(dates.server_s);
  if (!dates.known) {
    return {false,
            "this machine does not know the date: its clock says " + date_text(dates.machine_s) + apart,
            "set the clock (NTP, or date -s); until then edgespan keeps its spans and sends none"};
  }
  if (dates.server_s == 0) return {true, "set; the server names no date to compare it with", {}};
  if (std::abs(ahead_s) > clock_slack_s) {
    return {
        false, "this machine's clock says " + date_text(dates.machine_s) + apart,
        "set whichever of the two is wrong (NTP); spans carry this machine's time, and Zipkin's search looks "
        "for them at its own"};
  }
  return {true, "agrees with the server's", {}};
}

}  // namespace edgespan::cli
