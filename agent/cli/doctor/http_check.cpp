// SPDX-License-Identifier: Apache-2.0
#include "cli/doctor/http_check.hpp"

#include "cli/doctor/connect_steps.hpp"
#include "cli/io/tool_errors.hpp"
#include "cli/spans/trace_tree.hpp"
#include "cli/text/escape.hpp"
#include "http/date.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <thread>

namespace edgespan::cli {
namespace {

constexpr std::string_view spans_path = "/api/v2/spans";
constexpr int certificate_required = 116;            // of TLS 1.3
constexpr std::chrono::milliseconds look_again{50};  // storage may take a moment to show what it took

std::uint64_t limit_us(const DoctorOptions& options) {
  return static_cast<std::uint64_t>(options.limit_s * 1e6);
}

HttpUrl parsed(const std::string& text) {
  HttpUrl url;
  if (parse_http_url(text, url) != Status::ok) throw UsageError{"'" + text + "' is no URL of a collector"};
  return url;
}

std::unique_ptr<TlsStream> tls_over(const edgespan_stream& inner, const HttpUrl& url, const TlsFiles& files,
                                    const edgespan_clock& clock) {
  return url.secure ? make_tls_stream(files, inner, clock) : nullptr;
}

Finding judge_alert(int alert) {
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

}  // namespace

HttpCheck::HttpCheck(const DoctorOptions& options, const SpanUrl& target, const MachineClock& clock,
                     DoctorReport& checkup)
    : url_text_{target.url},
      ca_{options.sender.tls.ca},
      clock_{clock},
      checkup_{checkup},
      url_{parsed(url_text_)},
      host_{url_.host},
      wire_{clock.table, limit_us(options)},
      below_tls_{wire_.stream()},
      tls_{tls_over(below_tls_.stream(), url_, options.sender.tls, clock.table)},
      recorder_{tls_ ? tls_->stream() : wire_.stream()} {
  const auto ms = static_cast<std::uint32_t>(std::max(1.0, options.limit_s * 1e3));
  const Status status = sender_.init(recorder_.stream(), url_text_, {.connect_ms = ms, .request_ms = ms});
  if (status != Status::ok) throw RunError{"the HTTP sender: " + std::string{status_text(status)}};
}

void HttpCheck::run() {
  checkup_.begin();
  if (!resolve_and_connect(wire_, checkup_, host_, url_.port, "Zipkin listens on 9411")) return;
  if (tls_ && !shake_hands()) return;
  if (post_nothing()) round_trip();
}

bool HttpCheck::shake_hands() {
  const edgespan_stream& stream = tls_->stream();
  int opened = EDGESPAN_STREAM_NO_CLOCK;  // without a date TLS would wait for one
  if (clock_.table.wall_us(clock_.table.ctx) != 0) {
    opened = wire_.until_done([&] { return stream.open(stream.ctx, host_.c_str(), url_.port); });
  }
  const bool reached = opened <= EDGESPAN_STREAM_UNKNOWN_ROOT && opened >= EDGESPAN_STREAM_BAD_CERTIFICATE;
  const bool shaken = opened > 0 || reached;
  if (!checkup_.step("handshake", shaken ? Finding{true, "TLS", {}} : judge_handshake(opened))) return false;
  return checkup_.step("verify", judge_certificate(opened));
}

Finding HttpCheck::judge_handshake(int opened) const {
  const std::string_view said = below_tls_.received();
  if (said.starts_with("HTTP/")) {
    return {false, "the server speaks plain HTTP on this port, the URL says https",
            "name the port on which it speaks TLS; http:// on this one would send spans readable by anybody"};
  }
  switch (opened) {
    case 0:
      return {false, "the server does not go on with the handshake for " + duration_text(wire_.limit_us()),
              "check that the port is one for TLS"};
    case EDGESPAN_STREAM_NO_CLOCK:
      return {false,
              "this machine does not know the date: its clock says " + date_text(clock_.date_s()) +
                  "; no certificate can be checked",
              "set the clock (NTP, or date -s); until then edgespan keeps its spans and sends none"};
    case EDGESPAN_STREAM_NO_ENTROPY:
      return {false, "the system has no chance yet to make keys from",
              "wait, or give it a source of entropy"};
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
  if (const int alert = tls_->failure().alert; alert >= 0) return judge_alert(alert);
  return {false, "what answers does not speak TLS, or no TLS that edgespan accepts",
          "check that the port is one for TLS, and that the server offers TLS 1.2 with ECDHE"};
}

Finding HttpCheck::judge_certificate(int error) const {
  const std::string now = date_text(clock_.date_s());
  const std::string which =
      tls_->failure().depth > 0 ? "a certificate above the server's" : "the server's certificate";
  switch (error) {
    case EDGESPAN_STREAM_UNKNOWN_ROOT:
      return {
          false, "the server's certificate leads to none of the roots in " + ca_,
          "give --ca the root that signed it; the server has to send those in between itself (see: openssl "
          "s_client -showcerts -connect " +
              host_ + ":" + std::to_string(url_.port) + ")"};
    case EDGESPAN_STREAM_WRONG_HOST:
      return {false, "the server's certificate is not for " + host_,
              "call the server by a name that its certificate has, or let its certificate have this one as a "
              "subjectAltName"};
    case EDGESPAN_STREAM_EXPIRED:
      return {false, which + " has expired, by this machine's clock: " + now,
              "if that date is right, renew the certificate; if not, set the clock"};
    case EDGESPAN_STREAM_NOT_YET_VALID:
      return {false, which + " is not valid yet, by this machine's clock: " + now,
              "set this machine's clock (NTP, or date -s); if it is right, the server's was wrong when the "
              "certificate was made"};
    case EDGESPAN_STREAM_BAD_CERTIFICATE:
      return {false, which + " is unreadable, too weak, or not made for servers",
              "use RSA of 2048 bits or more or P-256, SHA-256 or longer, and serverAuth as its use"};
    default:
      return {true, "the certificate is for " + host_ + " and leads to a root in " + ca_, {}};
  }
}

Dates HttpCheck::dates(std::string_view server_date) const {
  return {.known = clock_.table.wall_us(clock_.table.ctx) != 0,
          .machine_s = clock_.date_s(),
          .server_s = static_cast<std::int64_t>(http::parse_date(server_date))};
}

SendResult HttpCheck::post(std::span<const std::byte> batch) {
  const Sender sender = sender_.sender();
  SendResult result;
  recorder_.forget();
  // The sender has a deadline of its own.
  do {
    wire_.until_done([&] {
      result = sender.offer(sender.ctx, batch, wire_.now_us());
      return result.state == SendState::pending ? 0 : 1;
    });
  } while (result.state == SendState::pending);
  return result;
}

// A server of TLS 1.3 judges a client that has ended its handshake already: a refusal comes in place of an
// answer.
Finding HttpCheck::judge_result(const SendResult& result, const ReplyText& answer) const {
  const int alert = tls_ && result.reason == SendReason::tls ? tls_->failure().alert : -1;
  return alert >= 0 ? judge_alert(alert) : judge_post(result, answer, url_, wire_.limit_us());
}

// Zipkin takes an empty list of spans and stores nothing.
bool HttpCheck::post_nothing() {
  const std::uint64_t begun_us = wire_.now_us();
  const SendResult result = post({});
  const std::uint64_t ended_us = wire_.now_us();
  const ReplyText answer{recorder_.received()};
  const Finding finding = judge_result(result, answer);
  checkup_.step("clock", judge_dates(dates(answer.header("date"))), begun_us);
  return checkup_.step("empty post", finding, ended_us);
}

void HttpCheck::round_trip() {
  const ProbeSpan span = make_probe_span(clock_.table);
  if (span.bytes.empty()) return checkup_.skip("round trip", "no span leaves before the date is known");
  const SendResult result = post(span.bytes);
  const ReplyText answer{recorder_.received()};
  Finding finding = judge_result(result, answer);
  if (finding.good) {
    const bool zipkins = url_.path.ends_with(spans_path);
    const std::string_view prefix = url_.path.substr(0, url_.path.size() - (zipkins ? spans_path.size() : 0));
    finding = zipkins ? look_up(span, std::string{prefix})
                      : Finding{true, "a span of trace " + span.trace_id + " was taken", {}};
  }
  checkup_.step("round trip", finding);
}

// A collector without Zipkin's query API cannot be asked; one that has it says of a trace that it does not
// know that it is not found.
Finding HttpCheck::look_up(const ProbeSpan& span, const std::string& prefix) {
  const std::string what = "a span of trace " + span.trace_id + " was taken";
  const std::uint64_t begun_us = wire_.now_us();
  for (;;) {
    const unsigned status = get(prefix + "/api/v2/trace/" + span.trace_id);
    const bool named = recorder_.received().find(span.trace_id) != std::string_view::npos;
    if (status == 200 && named) return {true, what + " and found again", {}};
    if (status != 404 || !named) return {true, what + "; this collector does not answer queries", {}};
    if (wire_.now_us() - begun_us >= wire_.limit_us()) break;
    std::this_thread::sleep_for(look_again);
  }
  return {
      false, what + ", but is not found after " + duration_text(wire_.limit_us()),
      "look into Zipkin's log: its storage may refuse what its collector takes, or COLLECTOR_SAMPLE_RATE may "
      "be below 1"};
}

// The status of the answer, or 0 if there is none.
unsigned HttpCheck::get(const std::string& path) {
  const edgespan_stream& stream = recorder_.stream();
  stream.close(stream.ctx);
  recorder_.forget();
  const bool ipv6 = host_.find(':') != host_.npos;
  const std::string request = "GET " + path + " HTTP/1.1\r\nHost: " + (ipv6 ? "[" + host_ + "]" : host_) +
                              ":" + std::to_string(url_.port) + "\r\nb3: 0\r\nConnection: close\r\n\r\n";
  HttpReply reply;
  std::size_t sent = 0;
  wire_.until_done([&] { return exchange(request, reply, sent); });
  stream.close(stream.ctx);
  return reply.status();
}

// As much of a request and its reply as the stream allows now; 0: not done.
int HttpCheck::exchange(const std::string& request, HttpReply& reply, std::size_t& sent) {
  const edgespan_stream& stream = recorder_.stream();
  if (const int opened = stream.open(stream.ctx, host_.c_str(), url_.port); opened <= 0) return opened;
  while (sent < request.size()) {
    const std::int32_t taken = stream.send(stream.ctx, request.data() + sent, request.size() - sent);
    if (taken <= 0) return taken;
    sent += static_cast<std::size_t>(taken);
  }
  std::array<std::byte, 512> bytes;
  for (;;) {
    const std::size_t room = std::min(bytes.size(), reply.bytes_left());
    const std::int32_t got = room == 0 ? -1 : stream.recv(stream.ctx, bytes.data(), room);
    if (got <= 0) return got;
    reply.feed(std::span(bytes).first(static_cast<std::size_t>(got)));
    if (reply.phase() == HttpReply::Phase::complete || reply.phase() == HttpReply::Phase::garbage) return 1;
  }
}

void check_http(const DoctorOptions& options, const SpanUrl& target, const MachineClock& clock,
                DoctorReport& checkup) {
  HttpCheck{options, target, clock, checkup}.run();
}

}  // namespace edgespan::cli
