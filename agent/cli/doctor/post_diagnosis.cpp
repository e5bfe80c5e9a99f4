// SPDX-License-Identifier: Apache-2.0
#include "cli/doctor/post_diagnosis.hpp"

#include "cli/text/escape.hpp"
#include "cli/text/quantities.hpp"

#include <string>

namespace edgespan::cli {
namespace {

constexpr std::string_view spans_path = "/api/v2/spans";
constexpr std::string_view otlp_path = "/v1/traces";

std::string quoted(const ReplyText& reply) {
  const std::string excerpt = reply.excerpt();
  return excerpt.empty() ? "" : ", and says: " + excerpt;
}

Finding server_speaks_tls(const SpanUrl& url) {
  return {false, "the server speaks TLS on this port, the URL says http",
          "write https://" + host_and_port(url.host, url.port) + url.path +
              " and give the root of its certificate with --ca"};
}

Finding incomplete_reply(bool late, std::uint64_t limit_us) {
  return {false,
          late ? "the reply began, but was not complete within " + duration_text(limit_us)
               : "the connection was closed in the middle of the reply",
          "look for a bad line, or a proxy that holds bytes back, between here and the collector"};
}

Finding closed_without_reply(const SpanUrl& url) {
  return {false, "the connection was closed before a reply came",
          url.kind == SpanUrl::Kind::https
              ? "check that a collector listens there, and its log"
              : "check that a collector listens there and not something else; if the port is one for TLS, "
                "write https:// instead of http://"};
}

Finding no_reply(const SendResult& result, const ReplyText& reply, const SpanUrl& url,
                 std::uint64_t limit_us) {
  if (url.kind == SpanUrl::Kind::http && reply.is_tls()) return server_speaks_tls(url);
  // A TLS session that broke is a connection that was closed, whenever that happened.
  const Outcome outcome = result.cause == TlsCause::none ? result.outcome : Outcome::interrupted;
  const bool late = outcome == Outcome::late || outcome == Outcome::unreachable;
  if (outcome == Outcome::garbled) {
    return {
        false, "the server does not speak HTTP" + quoted(reply),
        url.otlp
            ? "check host and port; OTLP over HTTP listens on 4318 unless told otherwise, and 4317 is gRPC's"
            : "check host and port; Zipkin listens on 9411 unless told otherwise"};
  }
  if (reply.begun()) return incomplete_reply(late, limit_us);
  if (!late) return closed_without_reply(url);
  return {
      false, "no reply within " + duration_text(limit_us),
      "the server accepts connections and says nothing: check that the port is the collector's, and whether "
      "a firewall or a proxy keeps the reply back"};
}

Finding wrong_path(const std::string& status, const SpanUrl& url) {
  if (url.otlp) {
    return {
        false, status + ": nothing there takes spans of OTLP at " + url.path,
        url.path == otlp_path
            ? "check that host and port are those of OTLP over HTTP (4318 unless told otherwise); behind a "
              "proxy the path may need a prefix before /v1/traces"
            : "OTLP is taken at /v1/traces: give the URL with that path, or without any"};
  }
  if (!url.path.ends_with(spans_path)) {
    return {false, status + ": nothing there takes these spans at " + url.path,
            "Zipkin takes them at /api/v2/spans: give the URL with that path, or without any"};
  }
  return {false, status + ": nothing there takes spans at " + url.path,
          "check that host and port are Zipkin's; behind a proxy the path may need a prefix before "
          "/api/v2/spans"};
}

Finding not_ready(const std::string& status, const ReplyText& reply) {
  const std::string_view pause = reply.header("retry-after");
  const bool seconds = pause.find(' ') == pause.npos;  // else a date
  std::string asked;
  if (!pause.empty()) asked = "; it asks for a pause of " + printable(pause) + (seconds ? " s" : "");
  return {false, status + ": the collector, or a proxy before it, is not ready" + asked + quoted(reply),
          "look at the collector; edgespan would keep its spans and offer them again"};
}

Finding redirected(const std::string& status, const ReplyText& reply) {
  const std::string_view to = reply.header("location");
  return {false, status + ": a redirect" + (to.empty() ? "" : " to " + printable(to)),
          "edgespan follows no redirect: give the URL that takes the spans"};
}

Finding unreadable_to_server(const std::string& status, const ReplyText& reply, const SpanUrl& url) {
  if (url.kind == SpanUrl::Kind::http && contains_word(reply.body(), "https")) return server_speaks_tls(url);
  if (url.otlp) {
    return {false, status + ": the server does not take OTLP in protobuf" + quoted(reply),
            "check that the path is that of traces, and the port that of OTLP over HTTP (4318 unless told "
            "otherwise)"};
  }
  if (!url.path.ends_with(spans_path)) return wrong_path(status, url);
  return {false, status + ": the server does not take Zipkin's protobuf" + quoted(reply),
          "check that it is a Zipkin of version 2.8 or later, or a collector that takes the same"};
}

Finding no_server_for_otlp(const std::string& status, const ReplyText& reply) {
  const std::string_view type = reply.header("content-type");
  return {false,
          status + ", but no reply of OTLP (Content-Type: " + (type.empty() ? "none" : printable(type)) + ")",
          "check that the URL is that of a server for OTLP over HTTP; until it answers as one, edgespan "
          "keeps its "
          "spans. For Zipkin's own server write http:// and no /v1/traces"};
}

Finding server_for_otlp(const std::string& status, const SpanUrl& url) {
  return {false, status + ", in the words of OTLP: the server has taken no span of Zipkin's for what it is",
          "write otlp://" + host_and_port(url.host, url.port) + url.path +
              ", or name a port that takes Zipkin's"};
}

Finding refused(const SendResult& result, const ReplyText& reply, const SpanUrl& url) {
  const std::string status = "status " + std::to_string(result.status);
  switch (result.status) {
    case 401:
    case 403:
    case 407:
      return {false, status + ": this machine is not let in" + quoted(reply),
              "if a key is asked for, write its header into the setting http_headers (here --http-headers); "
              "else let "
              "the collector, or the proxy before it, admit this machine by its address, or by a certificate "
              "(--cert "
              "and --key)"};
    case 404:
    case 405:
    case 410:
      return wrong_path(status, url);
    case 413:
      return {false, status + ": even this request is too large for the proxy before the collector",
              "raise its limit to the size of a batch, such as nginx's client_max_body_size 64k"};
    case 408:
    case 429:
    case 502:
    case 503:
    case 504:
      return not_ready(status, reply);
    case 511:
      return {false,
              status + ": the network asks for a login before it lets this machine out" + quoted(reply),
              "log in, or let this machine out without; until then edgespan keeps its spans"};
    case 400:
    case 415:
      return unreadable_to_server(status, reply, url);
    default:
      break;
  }
  if (result.status / 100 == 3) return redirected(status, reply);
  return {false, status + quoted(reply), "look into the log of the collector, or of the proxy before it"};
}

}  // namespace

Finding diagnose_post(const SendResult& result, const ReplyText& reply, const SpanUrl& url,
                      std::uint64_t limit_us) {
  if (result.status == 0) return no_reply(result, reply, url, limit_us);
  if (result.status / 100 != 2) return refused(result, reply, url);
  const std::string status = "status " + std::to_string(result.status);
  if (reply.is_html()) {
    return {false, status + " and a page of HTML: a proxy or a login page answers, not a collector",
            "let this machine reach the collector past it; until then edgespan keeps its spans"};
  }
  if (result.outcome == Outcome::suspect) {
    return url.otlp ? no_server_for_otlp(status, reply) : server_for_otlp(status, url);
  }
  return {true, status, {}};
}

}  // namespace edgespan::cli
