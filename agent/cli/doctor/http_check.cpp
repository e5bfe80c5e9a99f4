// SPDX-License-Identifier: Apache-2.0
#include "cli/doctor/http_check.hpp"

#include "cli/doctor/clock_diagnosis.hpp"
#include "cli/doctor/connect_steps.hpp"
#include "cli/doctor/post_diagnosis.hpp"
#include "cli/doctor/tls_diagnosis.hpp"
#include "cli/io/tool_errors.hpp"
#include "cli/text/quantities.hpp"

#include <edgespan/status.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <string_view>
#include <thread>

namespace edgespan::cli {
namespace {

constexpr std::string_view spans_path = "/api/v2/spans";
constexpr std::size_t batch_bytes = 4'096;              // more than the doctor's own span takes
constexpr std::chrono::milliseconds look_up_every{50};  // a storage may show a span a moment after its post

std::uint64_t limit_us(const DoctorOptions& options) {
  return static_cast<std::uint64_t>(options.limit_s * 1e6);
}

}  // namespace

HttpCheck::HttpCheck(const DoctorOptions& options, const SpanUrl& url, const MachineClock& clock,
                     DoctorReport& report)
    : url_{url},
      ca_{options.sender.tls.ca},
      headers_{options.header_lines},
      headers_made_by_{options.headers_made_by},
      clock_{clock},
      report_{report},
      connection_{clock.table, limit_us(options)},
      below_tls_{connection_.stream()},
      tls_{url.kind == SpanUrl::Kind::https ? read_tls_files(options.sender.tls) : nullptr},
      stream_{tls_ ? tls_->start(below_tls_.stream(), clock.table) : connection_.stream()},
      plain_{connection_.stream()},
      otlp_{url_.otlp ? std::make_unique<OtlpSetup>(batch_bytes) : nullptr},
      query_port_{options.query_port} {
  const auto ms = static_cast<std::uint32_t>(std::max(1.0, options.limit_s * 1e3));
  const HttpConfig config{
      .connect_ms = ms, .request_ms = ms, .dialect = otlp_ ? &otlp_->table() : nullptr, .headers = headers_};
  const Status status = sender_.init(stream_.stream(), url_.text, config);
  if (status != Status::ok) throw RunError{"the HTTP sender: " + std::string{status_text(status)}};
}

void HttpCheck::run() {
  report_.begin();
  if (!resolve_and_connect(connection_, report_, url_.host, url_.port,
                           url_.otlp ? "OTLP/HTTP listens on 4318" : "Zipkin listens on 9411")) {
    return;
  }
  if (tls_ && !shake_hands()) return;
  if (post_nothing()) round_trip();
}

bool HttpCheck::shake_hands() {
  const edgespan_stream& stream = stream_.stream();
  TlsAttempt attempt{.url = url_, .ca = ca_, .roots_skipped = tls_->roots_skipped()};
  attempt.result = EDGESPAN_STREAM_NO_CLOCK;  // without a date TLS would wait for one
  if (clock_.knows_date()) {
    attempt.result =
        connection_.until_done([&] { return stream.open(stream.ctx, url_.host.c_str(), url_.port); });
  }
  attempt.failure = tls_->failure();
  attempt.received = below_tls_.received();
  attempt.machine_s = clock_.date_s();
  attempt.limit_us = connection_.limit_us();
  return report_.step("handshake", diagnose_handshake(attempt)) &&
         report_.step("verify", diagnose_certificate(attempt));
}

SendResult HttpCheck::post(std::span<const std::byte> batch) {
  const Sender sender = sender_.sender();
  SendResult result;
  stream_.forget();
  // The sender ends this itself: it has the limit as its own deadline.
  do {
    connection_.until_done([&] {
      result = sender.offer(sender.ctx, batch, connection_.now_us());
      return result.outcome == Outcome::pending ? 0 : 1;
    });
  } while (result.outcome == Outcome::pending);
  return result;
}

// A server of TLS 1.3 checks this machine's certificate after the client has ended its handshake. If it
// rejects the certificate, the alert comes in place of a reply.
Finding HttpCheck::diagnose(const SendResult& result, const ReplyText& reply) const {
  const int alert = tls_ && result.cause == TlsCause::no_agreement ? tls_->failure().alert : -1;
  if (alert >= 0) return diagnose_alert(alert);
  Finding finding = diagnose_post(result, reply, url_, connection_.limit_us());
  if (headers_.empty() || result.status == 0) return finding;
  finding.text += ", with the headers of " + headers_made_by_;
  if (result.outcome == Outcome::unauthorized) {
    finding.advice =
        "check the values of " + headers_made_by_ + ", and that the collector asks for these names";
  }
  return finding;
}

// Zipkin accepts an empty list of spans and stores nothing; so does a server for OTLP.
bool HttpCheck::post_nothing() {
  const std::uint64_t begun_us = connection_.now_us();
  const SendResult result = post({});
  const std::uint64_t ended_us = connection_.now_us();
  const ReplyText reply{stream_.received()};
  const Finding posted = diagnose(result, reply);
  const Dates dates{.known = clock_.knows_date(),
                    .machine_s = clock_.date_s(),
                    .server_s = parse_header_date(reply.header("date"))};
  report_.step("clock", diagnose_clock(dates), begun_us);
  return report_.step("empty post", posted, ended_us);
}

void HttpCheck::round_trip() {
  const ProbeSpan span = make_probe_span(clock_.table);
  if (span.bytes.empty()) return report_.skip("round trip", "no span leaves before the date is known");
  const SendResult result = post(span.bytes);
  Finding finding = diagnose(result, ReplyText{stream_.received()});
  const std::string taken = "a span of trace " + span.trace_id + " was taken";
  if (finding.good && result.rejected != 0) {
    finding = {false, "the span was rejected: " + otlp_->take_words(),
               "look into the collector's log; spans that it rejects are lost"};
  } else if (finding.good && find_query()) {
    finding = look_up(span);
  } else if (finding.good) {
    finding.text =
        taken + (url_.otlp ? "; nobody here answers queries, so whether it was stored cannot be known" : "");
  }
  report_.step("round trip", finding);
}

// Zipkin's query API is on the port of its collector. A server for OTLP has none; Jaeger has one beside it.
bool HttpCheck::find_query() {
  if (!url_.otlp) {
    if (!url_.path.ends_with(spans_path)) return false;
    query_ = {&stream_, url_.port,
              url_.path.substr(0, url_.path.size() - spans_path.size()) + "/api/v2/trace/", "Zipkin"};
    return true;
  }
  query_ = {&plain_, query_port_, "/api/traces/", "Jaeger"};
  get("/api/services");
  const ReplyText reply{plain_.received()};
  return reply.status() == 200 && contains_word(reply.body(), "\"data\"");
}

// A query API answers with the trace, or with 404 and, in Zipkin's case, the id of the trace that it does not
// know. Collectors without that API answer something else.
Finding HttpCheck::look_up(const ProbeSpan& span) {
  const std::string taken = "a span of trace " + span.trace_id + " was taken";
  const std::uint64_t begun_us = connection_.now_us();
  for (;;) {
    get(query_.path + span.trace_id);
    const std::string_view received = query_.stream->received();
    const ReplyText reply{received};
    const bool named = received.find(span.trace_id) != std::string_view::npos;
    if (reply.status() == 200 && named) return {true, taken + " and found again", {}};
    if (reply.status() != 404 || (!named && !url_.otlp)) {
      return {true, taken + "; this collector does not answer queries", {}};
    }
    if (connection_.now_us() - begun_us >= connection_.limit_us()) break;
    std::this_thread::sleep_for(look_up_every);
  }
  return {
      false, taken + ", but is not found after " + duration_text(connection_.limit_us()),
      url_.otlp
          ? "look into Jaeger's log: its storage may refuse what its collector takes, or this is another's"
          : "look into Zipkin's log: its storage may refuse what its collector takes, or "
            "COLLECTOR_SAMPLE_RATE may be below 1"};
}

// The collector's headers may be a key to it, which nobody else gets.
std::string HttpCheck::end_of_head() const {
  const bool collectors = query_.stream == &stream_;
  return collectors && !headers_.empty() ? headers_ : "\r\n";
}

// Leaves the reply, as much of it as came, in query_.stream.
void HttpCheck::get(const std::string& path) {
  const edgespan_stream& stream = query_.stream->stream();
  stream_.stream().close(stream_.stream().ctx);
  query_.stream->forget();
  const std::string request = "GET " + path + " HTTP/1.1\r\nHost: " + host_and_port(url_.host, query_.port) +
                              "\r\nb3: 0\r\nConnection: close\r\n" + end_of_head();
  std::size_t sent = 0;
  connection_.until_done([&] { return exchange(request, sent); });
  stream.close(stream.ctx);
}

// Sends and receives as much as the stream allows now. Returns 0 while there is more to come.
int HttpCheck::exchange(const std::string& request, std::size_t& sent) {
  const edgespan_stream& stream = query_.stream->stream();
  if (const int opened = stream.open(stream.ctx, url_.host.c_str(), query_.port); opened <= 0) return opened;
  while (sent < request.size()) {
    const std::int32_t taken = stream.send(stream.ctx, request.data() + sent, request.size() - sent);
    if (taken <= 0) return taken;
    sent += static_cast<std::size_t>(taken);
  }
  std::array<std::byte, 512> bytes;
  while (!ReplyText{query_.stream->received()}.complete()) {
    const std::int32_t got = stream.recv(stream.ctx, bytes.data(), bytes.size());
    if (got <= 0) return got;
  }
  return 1;
}

}  // namespace edgespan::cli
