// SPDX-License-Identifier: Apache-2.0
// The sender while nothing goes wrong with the connection: requests, verdicts, keep-alive.
#include <edgespan/http_sender.hpp>
#include <edgespan/none.hpp>

#include "tests/support/test.hpp"
#include "tests/unit/http_world.hpp"

namespace {

using namespace edgespan;
using sim::Peer;
using test::http_reply;
using test::HttpWorld;

static_assert(sizeof(void*) > 8 || sizeof(HttpSender) <= 1536);

Peer answering(std::vector<std::string> replies) {
  Peer peer;
  peer.replies = std::move(replies);
  return peer;
}

TEST_CASE("init says what is wrong", "[http]") {
  sim::World world(1);
  HttpSender http;
  REQUIRE(http.init(world.stream(), "ftp://zipkin/") == Status::bad_url);
  REQUIRE(http.init(world.stream(), "http://z/", {.connect_ms = 0, .request_ms = 1}) == Status::bad_config);
  REQUIRE(http.init(world.stream(), "http://z/", {.connect_ms = 1, .request_ms = 0}) == Status::bad_config);
  edgespan_stream incomplete = world.stream();
  incomplete.close = nullptr;
  REQUIRE(http.init(incomplete, "http://z/") == Status::bad_config);
  REQUIRE(http.init(world.stream(), "http://z/") == Status::ok);
  REQUIRE(http.init(world.stream(), "http://z/") == Status::already_started);
}

TEST_CASE("a sender that was not started only says that it has no connection", "[http]") {
  HttpSender http;
  const Sender sender = http.sender();
  const std::array<std::byte, 1> batch{};
  const SendResult result = sender.offer(sender.ctx, batch, 1);
  REQUIRE(result.state == SendState::retry);
  REQUIRE(result.reason == SendReason::connect);
  sender.cancel(sender.ctx);
}

TEST_CASE("a sender on the absent platform cannot connect", "[http]") {
  HttpSender http;
  REQUIRE(http.init(none::stream, "http://zipkin:9411") == Status::ok);
  const Sender sender = http.sender();
  const std::array<std::byte, 1> batch{};
  const SendResult result = sender.offer(sender.ctx, batch, none::clock.mono_us(none::clock.ctx));
  REQUIRE(result.state == SendState::retry);
  REQUIRE(result.reason == SendReason::connect);
}

TEST_CASE("the request is exactly this", "[http]") {
  HttpWorld t({answering({http_reply(202)})});
  REQUIRE(t.started);
  REQUIRE(t.offer().state == SendState::delivered);
  REQUIRE(t.world.requests().size() == 1);
  REQUIRE(t.world.requests()[0].head ==
          "POST /api/v2/spans HTTP/1.1\r\nHost: zipkin:9411\r\nContent-Type: application/x-protobuf\r\n"
          "b3: 0\r\nContent-Length: 16\r\n\r\n");
  REQUIRE(t.world.requests()[0].body == t.batch);
  REQUIRE(t.world.violations().empty());
}

TEST_CASE("https is never spoken in the clear, and http not through TLS", "[http]") {
  sim::World world(1);
  HttpSender http;
  REQUIRE(http.init(world.stream(), "https://zipkin/") == Status::not_secure);
  REQUIRE(http.init(world.stream(), "HTTPS://zipkin:80/") == Status::not_secure);
  const Sender sender = http.sender();
  const std::array<std::byte, 1> batch{};
  REQUIRE(sender.offer(sender.ctx, batch, 1).state == SendState::retry);  // not started: nothing was opened
  REQUIRE(world.calls(sim::Call::open) == 0);

  edgespan_stream tls = world.stream();
  tls.secure = true;
  REQUIRE(http.init(tls, "http://zipkin/") == Status::bad_config);
  REQUIRE(http.init(tls, "https://zipkin/") == Status::ok);
}

std::string host_line(std::string_view url) {
  sim::World world(1);
  world.set_peers({answering({http_reply(202)})});
  edgespan_stream stream = world.stream();
  stream.secure = url.starts_with("https");
  HttpSender http;
  REQUIRE(http.init(stream, url) == Status::ok);
  const Sender sender = http.sender();
  const std::array<std::byte, 1> batch{};
  REQUIRE(sender.offer(sender.ctx, batch, 1).state == SendState::delivered);
  const std::string& head = world.requests().at(0).head;
  const std::size_t from = head.find("Host: ");
  return head.substr(from, head.find("\r\n", from) - from);
}

TEST_CASE("the Host header names port and brackets where they belong", "[http]") {
  REQUIRE(host_line("http://zipkin") == "Host: zipkin");
  REQUIRE(host_line("http://zipkin:80/") == "Host: zipkin");
  REQUIRE(host_line("http://zipkin:8080/") == "Host: zipkin:8080");
  REQUIRE(host_line("https://zipkin") == "Host: zipkin");
  REQUIRE(host_line("https://zipkin:443/") == "Host: zipkin");
  REQUIRE(host_line("https://zipkin:80/") == "Host: zipkin:80");
  REQUIRE(host_line("http://zipkin:443/") == "Host: zipkin:443");
  REQUIRE(host_line("http://[::1]:9411/") == "Host: [::1]:9411");
  REQUIRE(host_line("http://" + std::string(253, 'h') + ":65535/" + std::string(254, 'p')) ==
          "Host: " + std::string(253, 'h') + ":65535");
}

struct Verdict {
  int status;
  SendState state;
  SendReason reason;
};

constexpr SendState delivered = SendState::delivered;
constexpr SendState retry = SendState::retry;
constexpr SendState refused = SendState::refused;

Verdict expected(int status) {
  switch (status) {
    case 408:
      return {status, retry, SendReason::http_4xx};
    case 413:
      return {status, refused, SendReason::http_413};
    case 429:
      return {status, retry, SendReason::http_429};
    case 500:
    case 502:
    case 503:
    case 504:
      return {status, retry, SendReason::http_5xx};
    default:
      break;
  }
  if (status < 300) return {status, delivered, SendReason::none};
  if (status < 400) return {status, refused, SendReason::http_3xx};
  if (status < 500) return {status, refused, SendReason::http_4xx};
  return {status, refused, SendReason::http_5xx};
}

TEST_CASE("every final status has its verdict", "[http]") {
  for (int status = 200; status < 600; ++status) {
    INFO(status);
    HttpWorld t({answering({http_reply(status, "Retry-After: 7\r\nLocation: http://elsewhere/\r\n")})});
    const SendResult result = t.offer();
    const Verdict verdict = expected(status);
    REQUIRE(result.state == verdict.state);
    REQUIRE(result.reason == verdict.reason);
    REQUIRE(result.status == status);
    REQUIRE(result.retry_after_us == (result.state == retry ? 7'000'000u : 0u));
    REQUIRE(t.world.requests().size() == 1);  // no redirect was followed
    REQUIRE(t.world.connections() == 1);
    REQUIRE(t.world.violations().empty());
  }
}

TEST_CASE("Zipkin's 413 in the clothes of a 500 is refused", "[http]") {
  HttpWorld t({answering({http_reply(500, "", "413 Request Entity Too Large")})});
  const SendResult result = t.offer();
  REQUIRE(result.state == SendState::refused);
  REQUIRE(result.reason == SendReason::http_413);
  REQUIRE(result.status == 500);
}

TEST_CASE("a connection is used again", "[http]") {
  HttpWorld t({answering({http_reply(202), http_reply(503), http_reply(202)})});
  REQUIRE(t.offer().state == delivered);
  t.world.advance(14'000'000);
  REQUIRE(t.offer().state == retry);
  REQUIRE(t.offer().state == delivered);
  REQUIRE(t.world.connections() == 1);
  REQUIRE(t.world.requests().size() == 3);
  REQUIRE(t.world.connected());
  REQUIRE(t.world.violations().empty());
}

TEST_CASE("a connection idle for a minute is not trusted again", "[http]") {
  HttpWorld t({answering({http_reply(202), http_reply(202)})});
  REQUIRE(t.offer().state == delivered);
  t.world.advance(60'000'000);
  REQUIRE(t.offer().state == delivered);
  REQUIRE(t.world.connections() == 2);
}

TEST_CASE("a connection that the server will close is closed here first", "[http]") {
  const std::string endings[] = {
      http_reply(202, "Connection: close\r\n"),
      "HTTP/1.0 202 Accepted\r\nContent-Length: 0\r\n\r\n",
      "HTTP/1.1 202 Accepted\r\n\r\nwithout a length",
      http_reply(202) + "unasked",
  };
  for (const std::string& reply : endings) {
    INFO(reply);
    HttpWorld t({answering({reply})});
    REQUIRE(t.offer().state == delivered);
    REQUIRE_FALSE(t.world.connected());
    REQUIRE(t.offer().state == delivered);
    REQUIRE(t.world.connections() == 2);
    REQUIRE(t.world.violations().empty());
  }
}

TEST_CASE("interim replies are skipped", "[http]") {
  HttpWorld t({answering(
      {"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + http_reply(202)})});
  REQUIRE(t.offer().state == delivered);
  REQUIRE(t.world.connected());
}

TEST_CASE("an empty batch asks whether the collector is there", "[http]") {
  HttpWorld t({answering({http_reply(202)})});
  t.batch.clear();
  REQUIRE(t.offer().state == delivered);
  REQUIRE(t.world.requests().at(0).head.find("Content-Length: 0\r\n") != std::string::npos);
  REQUIRE(t.world.violations().empty());
}

}  // namespace
