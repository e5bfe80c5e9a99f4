// SPDX-License-Identifier: Apache-2.0
// What each answer means in OTLP's dialect: the whole way through an HttpSender, a row an answer.
#include <edgespan/http_sender.hpp>
#include <edgespan/otlp_dialect.hpp>

#include <memory>
#include <string>
#include <vector>

#include "support/otlp_golden.hpp"
#include "support/random_span.hpp"
#include "tests/support/test.hpp"
#include "tests/unit/http_world.hpp"
#include "tests/unit/uplink_world.hpp"

namespace {

using namespace edgespan;
using test::http_reply;
using test::otlp_golden_bytes;
using enum Outcome;

struct OtlpWorld {
  std::vector<std::string> heard;
  OtlpRoom<2'048> room;
  OtlpDialect otlp{room.bytes, {&heard, [](void* to, std::string_view text) {
                                  static_cast<std::vector<std::string>*>(to)->emplace_back(text);
                                }}};
  sim::World world{1};
  HttpSender http;
  std::string batch;

  explicit OtlpWorld(std::vector<std::string> replies) {
    sim::Peer peer;
    peer.replies = std::move(replies);
    world.set_peers({peer});
    TEST_ASSERT_EQUAL(Status::ok, http.init(world.stream(), "otlp://collector", {.dialect = &otlp.table()}));
    test::SpanDraft draft{1, 2, 3, 4};
    const auto bytes = draft.encoded();
    batch.assign(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  }
  SendResult offer() {
    const Sender sender = http.sender();
    SendResult result;
    for (int i = 0; i < 1'000 && result.outcome == pending; ++i) {
      result = sender.offer(sender.ctx, std::as_bytes(std::span(batch)), world.now_us());
      world.advance(100'000);
    }
    return result;
  }
};

EDGESPAN_TEST(the_otlp_request_is_exactly_this, "otlp") {
  OtlpWorld t({http_reply(200, "Content-Type: application/x-protobuf\r\n", "\n")});
  t.offer();
  const std::string& head = t.world.requests().at(0).head;
  TEST_ASSERT_TRUE(
      head.starts_with("POST /v1/traces HTTP/1.1\r\nHost: collector:4318\r\n"
                       "Content-Type: application/x-protobuf\r\nb3: 0\r\nContent-Length: "));
  TEST_ASSERT_TRUE(t.world.requests().at(0).body.starts_with("\x0a"));
}

// What is packed is the OTLP request, not the batch.
EDGESPAN_TEST(an_otlp_request_is_packed_like_any_other, "otlp") {
  struct Packer {
    std::string given;
    edgespan_gzip table{this,
                        [](void* self, const void* bytes, std::size_t n, std::size_t* packed) -> const void* {
                          static_cast<Packer*>(self)->given.assign(static_cast<const char*>(bytes), n);
                          *packed = 6;
                          return "PACKED";
                        }};
  } packer;
  OtlpRoom<2'048> room;
  OtlpDialect otlp{room.bytes};
  test::UplinkWorld<> t({.flush_ms = 100}, {.gzip = &packer.table, .dialect = &otlp.table()});
  t.collector.spans_in = [](const std::string&) { return std::string{}; };
  const std::string type = "Content-Type: application/x-protobuf\r\n";
  t.collector.answer = [&](const std::string& body) {
    return body == "PACKED" ? test::reply(400, type, "\x08\x03")
                            : test::reply(200, type, std::string("\x0a\x00", 2));
  };
  t.finish_spans(3);
  t.run_for(10 * t.second);
  TEST_ASSERT_EQUAL_UINT64(3, t.books().delivered);
  TEST_ASSERT_EQUAL_UINT64(2, t.collector.bodies.size());
  TEST_ASSERT_EQUAL_STRING("PACKED", t.collector.bodies.at(0));
  TEST_ASSERT_TRUE(packer.given == t.collector.bodies.at(1));
  TEST_ASSERT_TRUE(packer.given.find("service.name") != std::string::npos);
}

Outcome expected(int status) {
  switch (status) {
    case 200:
      return suspect;  // without a type and a body
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
    case 511:
      return suspect;
    default:
      return status < 400 ? suspect : refused;
  }
}

EDGESPAN_TEST(every_status_has_its_otlp_outcome, "otlp") {
  for (int status = 200; status < 600; ++status) {
    TEST_CONTEXT(status);
    OtlpWorld t({http_reply(status, "Retry-After: 7\r\n")});
    const SendResult result = t.offer();
    TEST_ASSERT_EQUAL(expected(status), result.outcome);
    TEST_ASSERT_EQUAL(status, result.status);
    TEST_ASSERT_EQUAL((result.outcome == overloaded ? 7'000'000u : 0u), result.asked_pause_us);
  }
}

struct Row {
  int status;
  std::string headers;
  std::string body;
  Outcome outcome;
  std::uint32_t rejected = 0;
  std::string text{};
};

EDGESPAN_TEST(every_otlp_answer_of_the_table_has_its_meaning, "otlp") {
  const std::string protobuf = "Content-Type: application/x-protobuf\r\n";
  const std::string long_text(300, 'm');
  const std::string long_partial = "\x0a\xb1\x02\x08\x05\x12\xac\x02" + long_text;
  const Row rows[] = {
      {200, protobuf, otlp_golden_bytes("response-ok"), delivered},
      {200, protobuf, "", delivered},
      {200, protobuf, otlp_golden_bytes("response-partial"), delivered, 3, "three bad"},
      {200, protobuf, otlp_golden_bytes("response-warning"), delivered, 0, "warn"},
      {200, protobuf, long_partial, delivered, 5, long_text.substr(0, 128 - 8)},
      {200, protobuf, "\x0a\x0b\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", delivered, 0},  // -1
      {200, protobuf, "\x0a\x06\x08\xff\xff\xff\xff\x7f", delivered, UINT32_MAX},
      {200, protobuf, std::string("\x10\x01\x0a\x00\x1a\x01x", 7), delivered},  // fields of a later release
      {200, "Content-Type: Application/X-Protobuf; charset=x\r\n", otlp_golden_bytes("response-ok"),
       delivered},
      {200, protobuf, "\x0a", suspect},
      {200, protobuf, "\x0a\x05\x08", suspect},
      {200, protobuf, "ok", suspect},
      {200, protobuf, "<html>", suspect},
      {200, "", "", suspect},
      {200, "Content-Type: text/html\r\n", "<html>login", suspect},
      {200, "Content-Type: application/json\r\n", "{}", suspect},
      {202, "", "", suspect},  // Zipkin's word
      {202, protobuf, "", suspect},
      {204, protobuf, "", suspect},
      {307, "Location: /v1/traces\r\n", "", suspect},
      {400, protobuf, otlp_golden_bytes("response-400-too-large"), too_large, 0,
       "http: request body too large"},
      {400, protobuf,
       "\x08\x03\x12\x03"
       "bad",
       malformed, 0, "bad"},
      {400, "Content-Type: text/plain\r\n", "Malformed", malformed},
      {400, "", "", malformed},
      {404, "Content-Type: text/plain\r\n", "404 page not found\n", refused},
      {405, "", "", refused},
      {415, "", "", refused},
      {413, "Content-Type: text/html\r\n", "<html>", too_large},
      {429, protobuf, otlp_golden_bytes("response-429"), overloaded, 0, "slow down"},
      {500, protobuf, "\x08\x0d\x12\x05never", refused, 0, "never"},
      {500, "Content-Type: text/html\r\n", "<html>", suspect},
      {503, protobuf, otlp_golden_bytes("response-503"), overloaded, 0, "retryable failure of the exporter"},
      {503, "", "", overloaded},
      {502, "Content-Type: text/html\r\n", "<html>", overloaded},
  };
  for (const Row& row : rows) {
    TEST_CONTEXT(row.status << " " << row.headers << row.body.size());
    OtlpWorld t(
        {http_reply(row.status, row.headers, row.body), http_reply(row.status, row.headers, row.body)});
    for (int twice = 0; twice < 2; ++twice) {
      const SendResult result = t.offer();
      TEST_ASSERT_EQUAL(row.outcome, result.outcome);
      TEST_ASSERT_EQUAL(row.rejected, result.rejected);
    }
    // What is said again is not told again.
    TEST_ASSERT_EQUAL((row.text.empty() ? 0U : 1U), t.heard.size());
    if (!row.text.empty()) TEST_ASSERT_EQUAL_STRING(row.text, t.heard.front());
  }
}

// A collector that refuses in the same words for hours fills no log; other words are news.
EDGESPAN_TEST(words_of_a_collector_are_told_once_until_it_uses_others, "otlp") {
  const auto refusal = [](std::string_view words) {
    const std::string body = "\x12" + std::string(1, static_cast<char>(words.size())) + std::string(words);
    return http_reply(400, "Content-Type: application/x-protobuf\r\n", body);
  };
  const std::string rest(99, 'x');  // all letters count, the first of many too
  const std::string first = "a" + rest, other = "b" + rest;
  OtlpWorld t({refusal(first), refusal(first), refusal(other), refusal(first)});
  for (int i = 0; i < 4; ++i) t.offer();
  TEST_ASSERT_TRUE((t.heard == std::vector<std::string>{first, other, first}));
}

EDGESPAN_TEST(any_bytes_in_the_place_of_an_otlp_reply_are_survived, "otlp") {
  test::Random random{11};
  OtlpDialect otlp({});
  for (int round = 0; round < 50'000; ++round) {
    std::string body = otlp_golden_bytes(round % 2 == 0 ? "response-partial" : "response-429");
    for (std::uint64_t n = random.below(4); n != 0; --n)
      body[random.below(body.size())] = static_cast<char>(random.next());
    body.resize(random.below(body.size() + 1));
    Answer answer{.status = static_cast<std::uint16_t>(round % 3 == 0 ? 200 : 400),
                  .type = AnswerType::protobuf};
    answer.opening = body;
    const Outcome early = otlp.table().meaning(otlp.table().ctx, answer).outcome;
    answer.whole = true;
    const Outcome late = otlp.table().meaning(otlp.table().ctx, answer).outcome;
    TEST_ASSERT_TRUE(late != pending && (early == pending || early == late));
  }
}

// The whole agent against a collector that rejects some, finds some too large, and is away for a while.
EDGESPAN_TEST(an_agent_delivers_over_otlp_and_its_books_add_up, "otlp") {
  OtlpRoom<4'096> room;
  OtlpDialect otlp{room.bytes};
  test::UplinkWorld<> t({.flush_ms = 100}, {.dialect = &otlp.table()});
  t.collector.spans_in = [](const std::string&) { return std::string{}; };
  int answers = 0;
  t.collector.answer = [&](const std::string& body) {
    const std::string type = "Content-Type: application/x-protobuf\r\n";
    ++answers;
    if (answers == 1) return test::reply(503, type, "");
    if (body.size() > 900) return test::reply(400, type, otlp_golden_bytes("response-400-too-large"));
    if (answers % 4 == 0) return test::reply(200, type, std::string("\x0a\x02\x08\x01", 4));
    return test::reply(200, type, std::string("\x0a\x00", 2));
  };
  t.finish_spans(60);
  t.run_for(120 * t.second);
  const Books books = t.books();
  TEST_ASSERT_EQUAL_UINT64(0, t.held());
  TEST_ASSERT_TRUE(books.balanced());
  TEST_ASSERT_GREATER_THAN(0, books.dropped[static_cast<std::size_t>(DropReason::rejected)]);
  TEST_ASSERT_EQUAL_UINT64(books.finished,
                           books.delivered + books.dropped[static_cast<std::size_t>(DropReason::rejected)]);
  TEST_ASSERT_GREATER_THAN(0, books.cuts);
}

}  // namespace
