// SPDX-License-Identifier: Apache-2.0
#include "http/http_reply.hpp"

#include <random>
#include <string>

#include "tests/support/test.hpp"

namespace {

using edgespan::http_detail::HttpReply;
using Phase = HttpReply::Phase;

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

HttpReply read(std::string_view text) {
  HttpReply reply;
  reply.feed(bytes_of(text));
  return reply;
}

struct Row {
  std::string text;
  Phase phase;
  unsigned status;
  bool keep_alive = false;
  unsigned retry_after_s = 0;
};

constexpr Phase done = Phase::complete;
constexpr Phase body_left = Phase::body;

const std::string accepted = "HTTP/1.1 202 Accepted\r\n";

// What Zipkin 3.5.1 sends for success and for an oversized body, and what proxies and other servers send.
const Row rows[] = {
    {accepted + "content-length: 0\r\n\r\n", done, 202, true},
    {accepted + "Content-Length:  3 \r\n\r\nabc", done, 202, true},
    {accepted + "Content-Length: 3\r\n\r\nab", body_left, 202, true},
    {accepted + "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc", done, 202, true},
    {accepted + "Content-Length: 0\r\nConnection: close\r\n\r\n", done, 202, false},
    {accepted + "Content-Length: 0\r\nCONNECTION: foo , Close\r\n\r\n", done, 202, false},
    {accepted + "Connection: close\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n", done, 202, false},
    {accepted + "Connection:" + std::string(120, ' ') + "close\r\nContent-Length: 0\r\n\r\n", done, 202,
     false},
    {"HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", done, 200, false},
    {"HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 0\r\n\r\n", done, 200, true},
    {"HTTP/1.1 204\r\n\r\n", done, 204, true},
    {"HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", done, 304, true},
    {"HTTP/1.1 200 OK\n\n", body_left, 200, false},
    {"HTTP/1.1 200 OK\r\n\r\nuntil the connection ends", body_left, 200, false},
    {"HTTP/1.1 200 OK\nContent-Length: 2\n\nok", done, 200, true},
    {accepted + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", done, 202, true},
    {accepted + "transfer-encoding: Chunked\r\n\r\nA;x=\"y\"\r\n0123456789\r\n1 \r\nz\r\n"
                "00\r\nTrailer: x\r\n\r\n",
     done, 202, true},
    {accepted + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", done, 202, true},
    {accepted + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n", done, 202, false},
    {accepted + "Transfer-Encoding: gzip\r\n\r\nxyz", body_left, 202, false},
    {"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nContent-Length: 7\r\nRetry-After: 9\r\n\r\n" +
         accepted + "Content-Length: 0\r\n\r\n",
     done, 202, true},
    {"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 28\r\n\r\n413 Request Entity Too Large", done,
     500, true},
    {"HTTP/1.1 500 x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n4\r\n2\r\n13\r\n0\r\n\r\n", done, 500, true},
    {"HTTP/1.1 500 x\r\nContent-Length: 2\r\n\r\n41", done, 500, true},
    {"HTTP/1.1 503 x\r\nRetry-After: 120\r\nContent-Length: 0\r\n\r\n", done, 503, true, 120},
    {"HTTP/1.1 429 x\r\nRetry-After: 0\r\nContent-Length: 0\r\n\r\n", done, 429, true, 1},
    {"HTTP/1.1 429 x\r\nRetry-After: 3601\r\nContent-Length: 0\r\n\r\n", done, 429, true, 3600},
    {"HTTP/1.1 429 x\r\nRetry-After: 9223372036854775808\r\nContent-Length: 0\r\n\r\n", done, 429, true,
     3600},
    {"HTTP/1.1 429 x\r\nRetry-After: -1\r\nContent-Length: 0\r\n\r\n", done, 429, true},
    {"HTTP/1.1 429 x\r\nRetry-After: 1.5\r\nContent-Length: 0\r\n\r\n", done, 429, true},
    {"HTTP/1.1 429 x\r\nRetry-After:\r\nContent-Length: 0\r\n\r\n", done, 429, true},
    {"HTTP/1.1 429 x\r\nRetry-After: Wed, 21 Oct 2015 07:28:00 GMT\r\nContent-Length: 0\r\n\r\n", done, 429,
     true},
    {"HTTP/1.1 429 x\r\nRetry-After: 3600\r\nContent-Length: 0\r\n\r\n", done, 429, true, 3600},
    {"HTTP/1.1 429 x\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n", done, 429, true, 1},
    {"HTTP/1.1 429 x\r\nRetry-After: 5" + std::string(100, ' ') + "\r\nContent-Length: 0\r\n\r\n", done, 429,
     true},
    {"HTTP/1.9 200 OK\r\nX:\ty~\x80\r\nContent-Length: 0\r\n\r\n", done, 200, true},
    {"HTTP/1.1 202 " + std::string(500, 'r') + "\r\n" + std::string(300, 'n') + ": v\r\n" +
         "Content-Length: 0\r\n\r\n",
     done, 202, true},
};

const std::string garbage[] = {
    "\r\n",
    "\n",
    "SSH-2.0-OpenSSH_9.2\r\n",
    "\x16\x03\x01\x02",
    std::string("\0", 1),
    "HTTP/2 200 OK\r\n",
    "HTTP/1.x 200 OK\r\n",
    "HTTP/1.a 200 OK\r\n",
    "HTTP/1./ 200 OK\r\n",
    "HTTP/1.1 2a0 OK\r\n",
    "HTTP/1.1 200OK\r\n",
    "HTTP/1.1-200 OK\r\n",
    "HTTP/1.1 20 OK\r\n",
    "HTTP/1.1 2000 OK\r\n",
    "HTTP/1.1 099 OK\r\n",
    "HTTP/1.1 600 OK\r\n",
    "HTTP/1.1  200 OK\r\n",
    "HTTP/1.1 2x0 OK\r\n",
    "HTTP/1.1 200 O\rK\r\n",
    "http/1.1 200 OK\r\n",
    "HTTP/1.1 101 Switching Protocols\r\n\r\n",
};

// A head that cannot be read on, behind a status line that can.
const std::string unsound_heads[] = {
    "X: \x7f\r\n",
    "X: \x1f\r\n",
    std::string("X: \0\r\n", 6),
    "X: a\rb\r\n",
    "\r\r\n",
    "no colon\r\n",
    ": no name\r\n",
    "Name : v\r\n",
    "X: y\r\n folded\r\n",
    "X: y\r\n\tfolded: as if it were another\r\n",
    " folded into nothing\r\n",
    "Content-Length: a\r\n",
    "Content-Length: \r\n",
    "Content-Length: -1\r\n",
    "Content-Length: 1x\r\n",
    "Content-Length: 1, 1\r\n",
    "Content-Length: 1\r\nContent-Length: 2\r\n",
    "Content-Length:" + std::string(100, ' ') + "1\r\n",
    "Transfer-Encoding: chunked" + std::string(100, ' ') + "\r\n",
};

EDGESPAN_TEST(an_unsound_head_keeps_its_status_line_and_loses_its_connection, "http") {
  for (const std::string& lines : unsound_heads) {
    TEST_CONTEXT(lines);
    for (const std::string& more : {std::string{}, std::string{"Content-Length: 1\r\n"}}) {
      const HttpReply reply = read(accepted + lines + more + "Content-Type: Text/HTML; charset=x\r\n\r\nok");
      TEST_ASSERT_TRUE(reply.phase() == Phase::body);
      TEST_ASSERT_EQUAL_UINT32(202, reply.status());
      TEST_ASSERT_FALSE(reply.keep_alive());
      TEST_ASSERT_TRUE(reply.answer(false).type == edgespan::AnswerType::html);
      TEST_ASSERT_EQUAL_STRING("ok", std::string(reply.answer(false).opening));
      TEST_ASSERT_EQUAL_UINT32(0, read(accepted + lines).status());  // a head without an end is none yet
    }
    TEST_ASSERT_FALSE(read("HTTP/1.1 204 x\r\n" + lines + "\r\n").keep_alive());
    // What was wrong with an interim reply says nothing of the final one.
    TEST_ASSERT_TRUE(
        read("HTTP/1.1 103 x\r\n" + lines + "\r\n" + accepted + "Content-Length: 0\r\n\r\n").keep_alive());
  }
}

EDGESPAN_TEST(a_type_is_read_without_its_parameters_in_any_case, "http") {
  using edgespan::AnswerType;
  struct TypeRow {
    const char* value;
    AnswerType type;
  };
  constexpr TypeRow types[] = {{"application/x-protobuf", AnswerType::protobuf},
                               {"Application/X-Protobuf ; messageType=\"x\"", AnswerType::protobuf},
                               {"application/x-protobuf2", AnswerType::other},
                               {"application/protobuf", AnswerType::other},
                               {"text/html", AnswerType::html},
                               {"TEXT/HTML;charset=utf-8", AnswerType::html},
                               {"application/xhtml+xml", AnswerType::html},
                               {"text/plain; is=text/html", AnswerType::other},
                               {"", AnswerType::other}};
  for (const TypeRow& row : types) {
    TEST_CONTEXT(row.value);
    const HttpReply reply = read(accepted + "content-TYPE:" + row.value + "\r\n\r\n");
    TEST_ASSERT_TRUE(reply.answer(false).type == row.type);
  }
  TEST_ASSERT_TRUE(read(accepted + "\r\n").answer(false).type == AnswerType::unnamed);
}

EDGESPAN_TEST(the_opening_of_a_body_is_kept_whatever_carries_it, "http") {
  const std::string text(300, 'o');
  for (const std::string& body : {"Content-Length: 300\r\n\r\n" + text, "\r\n" + text,
                                  "Transfer-Encoding: chunked\r\n\r\n64\r\n" + text.substr(0, 100) +
                                      "\r\nC8\r\n" + text.substr(0, 200) + "\r\n0\r\n\r\n"}) {
    const HttpReply reply = read(accepted + body);
    TEST_ASSERT_EQUAL_STRING(text.substr(0, 128), std::string(reply.answer(false).opening));
    TEST_ASSERT_TRUE(reply.answer(false).fully_seen());
  }
  const HttpReply reply = read(accepted + "Content-Length: 9\r\n\r\n12345678");
  TEST_ASSERT_FALSE(reply.answer(false).fully_seen());
  TEST_ASSERT_TRUE(reply.answer(true).fully_seen());
}

EDGESPAN_TEST(replies_are_understood, "http") {
  for (const Row& row : rows) {
    TEST_CONTEXT(row.text);
    const HttpReply reply = read(row.text);
    TEST_ASSERT_TRUE(reply.phase() == row.phase);
    TEST_ASSERT_EQUAL_UINT32(row.status, reply.status());
    TEST_ASSERT_EQUAL_INT(row.keep_alive, reply.keep_alive());
    TEST_ASSERT_EQUAL_UINT64(row.retry_after_s * 1'000'000ull, reply.retry_after_us());
  }
}

bool says_what(const HttpReply& reply, const Row& row) {
  return reply.status() == row.status && reply.keep_alive() == row.keep_alive &&
         reply.retry_after_us() == row.retry_after_s * 1'000'000ull;
}

EDGESPAN_TEST(a_moment_to_come_back_at_is_that_of_the_final_head, "http") {
  constexpr std::uint64_t moment_us = 784'111'777'000'000;
  const std::string date = "Retry-After: Sun, 06 Nov 1994 08:49:37 GMT\r\n", seconds = "Retry-After: 7\r\n";
  const auto at_us = [](const std::string& lines, const std::string& before = "") {
    return read(before + "HTTP/1.1 503 x\r\n" + lines + "Content-Length: 0\r\n\r\n").retry_at_us();
  };
  TEST_ASSERT_EQUAL_UINT64(moment_us, at_us(date));
  TEST_ASSERT_EQUAL_UINT64(0, at_us(""));
  TEST_ASSERT_EQUAL_UINT64(0, at_us(seconds));
  TEST_ASSERT_EQUAL_UINT64(0, at_us("Retry-After: soon\r\n"));
  TEST_ASSERT_EQUAL_UINT64(0, at_us("", "HTTP/1.1 103 x\r\n" + date + "\r\n"));
  TEST_ASSERT_EQUAL_UINT64(0, read("HTTP/1.1 503 x\r\n" + seconds + "\r\n").retry_at_us());
  // Of two the last one counts, whichever form it has.
  TEST_ASSERT_EQUAL_UINT64(moment_us, at_us(seconds + date));
  TEST_ASSERT_EQUAL_UINT64(0, at_us(date + seconds));
  TEST_ASSERT_EQUAL_UINT64(0, at_us("Retry-After:" + std::string(100, ' ') + "1\r\n"));
  const std::string both = "HTTP/1.1 503 x\r\n" + seconds + date + "\r\n";
  TEST_ASSERT_EQUAL_UINT64(0, read(both).retry_after_us());
}

EDGESPAN_TEST(every_split_reads_the_same, "http") {
  for (const Row& row : rows) {
    TEST_CONTEXT(row.text);
    for (std::size_t first = 0; first <= row.text.size(); ++first) {
      // Every pair of places, but for the longest texts.
      const std::size_t step = row.text.size() <= 512 ? 1 : row.text.size() / 16;
      for (std::size_t second = first; second <= row.text.size(); second += step) {
        HttpReply reply;
        const auto text = bytes_of(row.text);
        std::size_t used = reply.feed(text.first(first));
        used += reply.feed(text.subspan(first, second - first));
        used += reply.feed(text.subspan(second));
        const bool all = used == row.text.size() && reply.phase() == row.phase;
        if (!all || !says_what(reply, row)) TEST_FAIL_MESSAGE("split at " + std::to_string(first));
      }
    }
  }
}

// Sixteen bytes may arrive in 2^15 ways.
EDGESPAN_TEST(a_short_reply_reads_the_same_in_whatever_pieces_it_comes, "http") {
  constexpr std::string_view whole = "HTTP/1.1 202\r\n\r\n";
  static_assert(whole.size() == 16);
  const auto text = bytes_of(whole);
  HttpReply expected;
  TEST_ASSERT_EQUAL(whole.size(), expected.feed(text));
  for (std::uint32_t cuts = 0; cuts < 1U << (whole.size() - 1); ++cuts) {
    HttpReply reply;
    std::size_t from = 0, used = 0;
    for (std::size_t to = 1; to <= whole.size(); ++to) {
      if (to < whole.size() && (cuts >> (to - 1) & 1) == 0) continue;
      used += reply.feed(text.subspan(from, to - from));
      from = to;
    }
    if (used != whole.size() || reply.phase() != expected.phase() || reply.status() != expected.status()) {
      TEST_FAIL_MESSAGE("cut at the bits of " << cuts);
    }
  }
}

EDGESPAN_TEST(a_status_is_known_only_when_the_head_is_whole, "http") {
  const std::string text = accepted + "Content-Length: 0\r\n\r\n";
  for (std::size_t n = 0; n < text.size(); ++n) {
    const HttpReply reply = read(std::string_view(text).substr(0, n));
    TEST_ASSERT_TRUE(reply.phase() == Phase::head);
    TEST_ASSERT_EQUAL_UINT32(0, reply.status());
    TEST_ASSERT_EQUAL_INT(n != 0, reply.started());
  }
}

EDGESPAN_TEST(garbage_is_called_garbage, "http") {
  for (const std::string& text : garbage) {
    TEST_CONTEXT(text);
    const HttpReply reply = read(text);
    TEST_ASSERT_TRUE(reply.phase() == Phase::garbage);
    TEST_ASSERT_EQUAL_UINT32(0, reply.status());
  }
}

EDGESPAN_TEST(bad_chunks_leave_the_status_and_end_the_reply, "http") {
  const std::string head = accepted + "Transfer-Encoding: chunked\r\n\r\n";
  for (const char* body :
       {"x\r\n", "\r\n", ";x\r\n", "3\r\nabcd\r\n", "-1\r\n", "3\r\nabc\r\n\r\n", "0x3\r\n"}) {
    TEST_CONTEXT(body);
    const HttpReply reply = read(head + body);
    TEST_ASSERT_TRUE(reply.phase() == Phase::garbage);
    TEST_ASSERT_EQUAL_UINT32(202, reply.status());
    TEST_ASSERT_TRUE(reply.answer(false).whole);
  }
  TEST_ASSERT_TRUE(read(head + std::string(200, '0') + "3\r\n").phase() == Phase::garbage);
}

EDGESPAN_TEST(a_chunk_has_the_size_of_its_hexadecimal_digits, "http") {
  const std::string head = accepted + "Transfer-Encoding: chunked\r\n\r\n";
  constexpr std::string_view lower = "0123456789abcdef", upper = "0123456789ABCDEF";
  for (std::size_t size = 1; size < 256; ++size) {
    for (const std::string_view digits : {lower, upper}) {
      const std::string text{digits[size / 16], digits[size % 16]};
      const std::string chunk = head + text + "\r\n" + std::string(size, 'x');
      TEST_ASSERT_TRUE(read(chunk + "\r\n0\r\n\r\n").phase() == Phase::complete);
      TEST_ASSERT_TRUE(read(chunk + "x\r\n").phase() == Phase::garbage);
    }
  }
  for (const char* bad : {"/", ":", "@", "G", "`", "g"}) {
    TEST_CONTEXT(bad);
    TEST_ASSERT_TRUE(read(head + bad + "\r\n").phase() == Phase::garbage);
  }
}

EDGESPAN_TEST(a_header_is_kept_to_its_96th_byte, "http") {
  for (const std::size_t blanks : {std::size_t{79}, std::size_t{80}, std::size_t{81}}) {
    const std::string line = "Content-Length:" + std::string(blanks, ' ') + "0";
    const HttpReply reply = read(accepted + line + "\r\n\r\n");
    TEST_ASSERT_TRUE(reply.phase() == (line.size() <= 96 ? Phase::complete : Phase::body));
  }
}

EDGESPAN_TEST(bytes_behind_a_reply_are_left_alone, "http") {
  HttpReply reply;
  const std::string text = accepted + "Content-Length: 2\r\n\r\nok";
  TEST_ASSERT_EQUAL_UINT64(text.size(), reply.feed(bytes_of(text + "HTTP/1.1 500 x")));
  TEST_ASSERT_EQUAL_UINT32(202, reply.status());
  TEST_ASSERT_EQUAL_UINT64(0, reply.feed(bytes_of("more")));
}

static_assert(HttpReply::bytes_max == 8 * 1'024);  // row 40 of the failure model

EDGESPAN_TEST(no_more_than_the_bound_is_ever_read, "http") {
  const std::string endless(3 * std::size_t{HttpReply::bytes_max}, 'a');
  struct Case {
    std::string text;
    unsigned status;
  };
  const Case cases[] = {
      {endless, 0},
      {accepted + "X: " + endless, 202},
      {"HTTP/1.1 103 x\r\nX: " + endless, 0},
      {accepted + "Content-Length: 99999999999999999999999\r\n\r\n" + endless, 202},
      {accepted + "\r\n" + endless, 202},
      {accepted + "Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFFFFFF\r\n" + endless, 202},
      {accepted + "Transfer-Encoding: chunked\r\n\r\n0\r\nX: " + endless, 202},
  };
  for (const Case& c : cases) {
    HttpReply reply;
    TEST_ASSERT_EQUAL_UINT64(HttpReply::bytes_max, reply.feed(bytes_of(c.text)));
    TEST_ASSERT_TRUE(reply.phase() == Phase::garbage);
    TEST_ASSERT_EQUAL_UINT32(c.status, reply.status());
  }
  HttpReply interim;
  std::string hints;
  while (hints.size() <= HttpReply::bytes_max) hints += "HTTP/1.1 103 x\r\n\r\n";
  interim.feed(bytes_of(hints));
  TEST_ASSERT_TRUE(interim.phase() == Phase::garbage);
}

EDGESPAN_TEST(a_reply_of_exactly_the_bound_is_read, "http") {
  const std::string head = accepted + "Content-Length: ";
  const std::size_t body = HttpReply::bytes_max - head.size() - 4 - 4;
  const std::string text = head + std::to_string(body) + "\r\n\r\n" + std::string(body, 'b');
  TEST_ASSERT_EQUAL_UINT64(HttpReply::bytes_max, text.size());
  TEST_ASSERT_TRUE(read(text).phase() == Phase::complete);
  HttpReply reply;
  for (std::size_t fed = 0; fed < text.size(); fed += 512) {
    TEST_ASSERT_EQUAL_UINT64(HttpReply::bytes_max - fed, reply.bytes_left());
    TEST_ASSERT_EQUAL_UINT64(512, reply.feed(bytes_of(std::string_view(text).substr(fed, 512))));
  }
  TEST_ASSERT_EQUAL_UINT64(0, reply.bytes_left());
}

// Any bytes at all: it ends, it stays within its bound, and no status comes from nothing.
EDGESPAN_TEST(mutated_replies_are_survived, "http") {
  std::mt19937 random(7);
  for (int round = 0; round < 20'000; ++round) {
    std::string text = rows[random() % std::size(rows)].text;
    for (unsigned i = random() % 4; i != 0; --i) text[random() % text.size()] = static_cast<char>(random());
    text.resize(random() % (text.size() + 1));
    HttpReply whole;
    const std::size_t used = whole.feed(bytes_of(text));
    HttpReply single;
    std::size_t used_single = 0;
    for (const std::byte& byte : bytes_of(text)) used_single += single.feed({&byte, 1});
    const bool same = used == used_single && whole.phase() == single.phase();
    const unsigned status = whole.status();
    const bool sound = used <= text.size() && (status == 0 || (status >= 200 && status < 600));
    if (!same || !sound || status != single.status()) TEST_FAIL_MESSAGE(text);
  }
}

}  // namespace
