// SPDX-License-Identifier: Apache-2.0
// What each answer means in Zipkin's dialect: the whole way through an HttpSender, a row an answer.
#include <edgespan/http_sender.hpp>

#include "tests/support/test.hpp"
#include "tests/unit/http_world.hpp"

#include <string>
#include <tuple>

namespace {

using namespace edgespan;
using sim::Peer;
using test::http_reply;
using test::HttpWorld;
using enum Outcome;

HttpWorld answered_by(const std::string& reply) {
  Peer peer;
  peer.replies = {reply};
  return HttpWorld({peer});
}

Outcome expected(int status) {
  switch (status) {
    case 400:
      return malformed;
    case 401:
    case 403:
      return unauthorized;
    case 413:
      return too_large;
    case 408:
    case 429:
    case 502:
    case 503:
    case 504:
      return overloaded;
    case 500:
      return later;
    case 511:
      return suspect;
    default:
      return status < 300 ? delivered : status < 400 ? suspect : refused;
  }
}

EDGESPAN_TEST(every_final_status_has_its_outcome, "http") {
  for (int status = 200; status < 600; ++status) {
    TEST_CONTEXT(status);
    HttpWorld t = answered_by(http_reply(status, "Retry-After: 7\r\nLocation: http://elsewhere/\r\n"));
    const SendResult result = t.offer();
    TEST_ASSERT_EQUAL(expected(status), result.outcome);
    TEST_ASSERT_EQUAL(status, result.status);
    const bool may_ask = result.outcome == overloaded || result.outcome == later;
    TEST_ASSERT_EQUAL((may_ask ? 7'000'000u : 0u), result.asked_pause_us);
    TEST_ASSERT_EQUAL(1, t.world.requests().size());  // no redirect was followed
    TEST_ASSERT_EQUAL(1, t.world.connections());
    TEST_ASSERT_TRUE(t.world.violations().empty());
  }
}

struct Row {
  int status;
  const char* headers;
  const char* body;
  Outcome outcome;
};

constexpr const char* html = "Content-Type: text/html; charset=utf-8\r\n";
constexpr const char* plain = "Content-Type: text/plain\r\n";
constexpr const char* protobuf = "Content-Type: application/x-protobuf\r\n";

// Texts are those of Zipkin 3.5.1, of the zipkin receiver of a Collector 0.165, and of what stands in front.
constexpr Row rows[] = {
    {202, "", "", delivered},
    {202, plain, "accepted", delivered},
    {202, html, "<html>", suspect},
    {202, protobuf, "", suspect},
    {200, "", "", delivered},
    {200, "Content-Type: application/json\r\n", "{}", delivered},
    {200, plain, "ok", delivered},
    {200, html, "", suspect},
    {200, "", "<html><head><title>Login</title>", suspect},
    {200, "", " \r\n\t<!DOCTYPE html>", suspect},
    {200, plain, "<HTML>", suspect},
    {200, protobuf, "\n", suspect},  // an OTLP server: it found no span, whatever it found
    {201, "", "x", delivered},
    {204, html, "", suspect},
    {301, "Location: https://zipkin.example/\r\n", "", suspect},
    {302, html, "<a href=x>login</a>", suspect},
    {400, "", "", malformed},
    {400, plain, "Malformed reading List<Span> from proto3", malformed},
    {400, plain, "http: request body too large\n", too_large},
    {413, html, "<html>", too_large},
    {429, plain, "slow down", overloaded},
    {500, plain, "413 Request Entity Too Large", too_large},
    {500, "", "41", later},
    {500, "", "4 13", later},
    {500, plain, "java.lang.IndexOutOfBoundsException", malformed},
    {500, plain, "Index 1 out of bounds for length 1", malformed},
    {500, plain, "Not in GZIP format", malformed},
    {500, plain, "CRC value mismatch. Expected: 1, Got: 2", malformed},
    {500, plain, "\"Internal Server Error\"", later},
    {500, plain, "RequestTimeoutException", later},
    {500, "", "Cannot store spans", later},
    {500, html, "<html><title>500 Internal Server Error</title>", later},
    {500, "", "", later},
    {503, html, "<html>", overloaded},
    {511, html, "<html>", suspect},
};

EDGESPAN_TEST(every_answer_of_the_table_has_its_meaning, "http") {
  for (const Row& row : rows) {
    TEST_CONTEXT(row.status << " " << row.headers << row.body);
    HttpWorld t = answered_by(http_reply(row.status, row.headers, row.body));
    TEST_ASSERT_EQUAL(row.outcome, t.offer().outcome);
    // The same without a length, which ends with the connection.
    const std::string text = std::string(row.headers) + "\r\n" + row.body;
    HttpWorld u = answered_by("HTTP/1.1 " + std::to_string(row.status) + " x\r\n" + text);
    SendResult result = u.offer(100'000);
    TEST_ASSERT_EQUAL(row.outcome, result.outcome);
  }
}

// The words that decide may lie behind more than one packet can hold.
EDGESPAN_TEST(a_meaning_waits_for_the_words_that_decide_and_for_no_more, "http") {
  const std::string lot(120, ' ');
  for (const auto& [status, body, outcome] : {std::tuple{500, lot + "CRC", malformed},
                                              {500, lot + "         CRC", later},
                                              {400, lot + "request body too large", malformed},
                                              {200, lot + "        <html>", delivered}}) {
    TEST_CONTEXT(status << body);
    Peer slow;
    slow.replies = {http_reply(status, "Connection: close\r\n", body)};
    slow.recv_bytes = 7;
    HttpWorld t({slow});
    TEST_ASSERT_EQUAL(outcome, t.offer().outcome);
  }
}

// A server that says how much is to come, and does not send it, has answered by its deadline.
EDGESPAN_TEST(an_answer_whose_body_stays_away_means_what_its_head_says, "http") {
  for (const auto& [status, outcome] : {std::pair{200, delivered}, {400, malformed}, {500, later}}) {
    Peer peer;
    peer.replies = {"HTTP/1.1 " + std::to_string(status) + " x\r\nContent-Length: 9\r\n\r\n"};
    HttpWorld t({peer}, {.request_ms = 50});
    TEST_ASSERT_EQUAL(outcome, t.offer().outcome);
    TEST_ASSERT_FALSE(t.world.connected());
  }
}

EDGESPAN_TEST(a_dialect_encodes_what_is_sent_and_may_have_no_room_for_it, "http") {
  struct Doubling {
    std::string made;
    std::size_t room = 100;
  } state;
  Dialect dialect{.ctx = &state, .scheme = "test", .port = 7, .path = "/t"};
  dialect.encode = [](void* ctx, std::span<const std::byte> portion) -> std::span<const std::byte> {
    auto& self = *static_cast<Doubling*>(ctx);
    const std::string_view text(reinterpret_cast<const char*>(portion.data()), portion.size());
    self.made = std::string(text) + std::string(text);
    if (self.made.size() > self.room) return {};
    return std::as_bytes(std::span(self.made));
  };
  dialect.meaning = [](void*, const Answer& answer) {
    return SendResult{.outcome = answer.status == 299 ? delivered : suspect, .rejected = 3};
  };
  sim::World world{1};
  Peer peer;
  peer.replies = {http_reply(299), http_reply(202)};
  world.set_peers({peer});
  HttpSender http;
  TEST_ASSERT_EQUAL(Status::ok, http.init(world.stream(), "test://host", {.dialect = &dialect}));
  dialect = {};  // a copy was taken
  const Sender sender = http.sender();
  const auto offer = [&](std::size_t bytes) {
    static const std::string batch(200, 'b');
    return sender.offer(sender.ctx, std::as_bytes(std::span(batch.data(), bytes)), world.now_us());
  };
  TEST_ASSERT_EQUAL(too_large, offer(51).outcome);
  TEST_ASSERT_EQUAL(0, world.connections());
  const SendResult result = offer(50);
  TEST_ASSERT_EQUAL(delivered, result.outcome);
  TEST_ASSERT_EQUAL(3, result.rejected);
  TEST_ASSERT_EQUAL(299, result.status);
  TEST_ASSERT_EQUAL(suspect, offer(1).outcome);
  TEST_ASSERT_EQUAL_STRING(std::string(100, 'b'), world.requests().at(0).body);
  TEST_ASSERT_TRUE(world.requests().at(0).head.starts_with("POST /t HTTP/1.1\r\nHost: host:7\r\n"));
  const Dialect mute{.path = "/t"};
  HttpSender other;
  TEST_ASSERT_EQUAL(Status::bad_config, other.init(world.stream(), "http://host", {.dialect = &mute}));
}

}  // namespace
