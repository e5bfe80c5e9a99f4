// SPDX-License-Identifier: Apache-2.0
// What `edgespan doctor` makes of a server's answer and of two dates: it is for people, so each finding is
// looked at for the words that help.
#include "cli/doctor/reply_text.hpp"
#include "support/test.hpp"

#include <string>

namespace {

using namespace edgespan;
using cli::Finding;
using cli::judge_dates;
using cli::ReplyText;

constexpr std::string_view default_url = "http://zipkin.example:9411/api/v2/spans";
constexpr std::uint64_t limit_us = 10'000'000;

bool contains(const std::string& text, std::string_view part) { return text.find(part) != text.npos; }

std::string reply(unsigned status, const std::string& headers = "", const std::string& body = "") {
  return "HTTP/1.1 " + std::to_string(status) + " Text\r\n" + headers + "\r\n" + body;
}

Finding judge(const SendResult& result, const std::string& received, std::string_view url = default_url) {
  HttpUrl parsed;
  TEST_ASSERT_EQUAL(Status::ok, parse_http_url(url, parsed));
  const Finding finding = judge_post(result, ReplyText{received}, parsed, limit_us);
  TEST_MESSAGE(finding.text + "\n  " + finding.advice);
  TEST_ASSERT_TRUE(finding.good == finding.advice.empty());
  return finding;
}

Finding judge_status(unsigned status, const std::string& headers = "", const std::string& body = "",
                     std::string_view url = default_url) {
  SendResult result;
  result.state = status / 100 == 2 ? SendState::delivered : SendState::refused;
  result.status = static_cast<std::uint16_t>(status);
  return judge(result, reply(status, headers, body), url);
}

Finding judge_failure(SendReason reason, const std::string& received, std::string_view url = default_url) {
  SendResult result;
  result.state = SendState::retry;
  result.reason = reason;
  return judge(result, received, url);
}

EDGESPAN_TEST(answer_headers_and_body_are_found, "cli") {
  const std::string bytes = "HTTP/1.1 100 Continue\r\n\r\n" +
                            reply(301, "Location:  http://there/ \r\nDATE: today\r\nEmpty:\r\n", "moved");
  const ReplyText answer{bytes};
  TEST_ASSERT_EQUAL_STRING("http://there/", std::string{answer.header("location")});
  TEST_ASSERT_EQUAL_STRING("today", std::string{answer.header("date")});
  TEST_ASSERT_EQUAL_STRING("", std::string{answer.header("empty")});
  TEST_ASSERT_EQUAL_STRING("", std::string{answer.header("retry-after")});
  TEST_ASSERT_EQUAL_STRING("moved", std::string{answer.body()});
  for (std::size_t cut = 0; cut < bytes.size(); ++cut) {
    const ReplyText part{std::string_view{bytes}.substr(0, cut)};  // no byte beyond the cut is looked at
    TEST_ASSERT_TRUE(part.header("location").size() <= cut);
    TEST_ASSERT_TRUE(part.excerpt().size() <= cut);
  }
}

EDGESPAN_TEST(answer_an_excerpt_is_short_and_printable, "cli") {
  TEST_ASSERT_EQUAL_STRING("first line", ReplyText{reply(500, "", "\r\n first line\r\nsecond")}.excerpt());
  TEST_ASSERT_EQUAL_STRING("\\x1b[2J", ReplyText{reply(500, "", "\x1b[2J")}.excerpt());
  TEST_ASSERT_EQUAL_STRING(std::string(120, 'x') + "...",
                           ReplyText{reply(500, "", std::string(121, 'x'))}.excerpt());
  TEST_ASSERT_EQUAL_STRING("Log in", ReplyText{reply(200, "", "<html><title>Log in</title>")}.excerpt());
  TEST_ASSERT_EQUAL_STRING("SSH-2.0-x", ReplyText{"SSH-2.0-x\r\n"}.excerpt());
}

EDGESPAN_TEST(answer_a_collector_that_takes_spans_is_fine, "cli") {
  TEST_ASSERT_TRUE(judge_status(202).good);
  TEST_ASSERT_TRUE(judge_status(200, "Content-Type: application/json\r\n", "{}").good);
}

EDGESPAN_TEST(answer_a_page_of_html_is_no_collector, "cli") {
  for (const Finding& finding : {judge_status(200, "Content-Type: text/html\r\n", "<!doctype html>"),
                                 judge_status(200, "", "\n<HTML><body>Welcome to our hotel")}) {
    TEST_ASSERT_FALSE(finding.good);
    TEST_ASSERT_TRUE(contains(finding.text, "HTML"));
    TEST_ASSERT_TRUE(contains(finding.advice, "be lost"));
  }
}

EDGESPAN_TEST(answer_each_refusal_says_what_to_do, "cli") {
  TEST_ASSERT_TRUE(contains(judge_status(404, "", "", "http://h:9411/zipkin").advice, "/api/v2/spans"));
  TEST_ASSERT_TRUE(contains(judge_status(404).advice, "host and port"));
  TEST_ASSERT_TRUE(contains(judge_status(405, "", "", "http://h/api/v1/spans").advice, "/api/v2/spans"));
  TEST_ASSERT_TRUE(
      contains(judge_status(400, "", "Malformed", "http://h/api/v1/spans").advice, "/api/v2/spans"));
  for (const unsigned status : {401u, 403u, 407u}) {
    TEST_ASSERT_TRUE(contains(judge_status(status).text, std::to_string(status)));
    TEST_ASSERT_TRUE(contains(judge_status(status).advice, "--cert"));
  }
  TEST_ASSERT_TRUE(contains(judge_status(413).advice, "client_max_body_size"));
  const Finding moved = judge_status(301, "Location: https://zipkin.example/api/v2/spans\r\n");
  TEST_ASSERT_TRUE(contains(moved.text, "https://zipkin.example/api/v2/spans"));
  TEST_ASSERT_TRUE(contains(moved.advice, "not followed"));
  TEST_ASSERT_TRUE(contains(judge_status(503, "Retry-After: 120\r\n").text, "120 s"));
  TEST_ASSERT_TRUE(contains(judge_status(502, "", "<html><title>Bad Gateway</title>").text, "Bad Gateway"));
  TEST_ASSERT_TRUE(contains(judge_status(415, "", "no protobuf here").text, "no protobuf here"));
  TEST_ASSERT_TRUE(contains(judge_status(500, "", "storage is broken").text, "storage is broken"));
}

EDGESPAN_TEST(answer_plain_http_on_a_port_for_tls_is_seen, "cli") {
  const Finding alert = judge_failure(SendReason::garbage, std::string{"\x15\x03\x01\x00\x02\x02\x0a", 7});
  TEST_ASSERT_TRUE(contains(alert.advice, "https://zipkin.example:9411/api/v2/spans"));
  const Finding nginx =
      judge_status(400, "", "<html><head><title>400 The plain HTTP request was sent to HTTPS port");
  TEST_ASSERT_TRUE(contains(nginx.advice, "https://zipkin.example:9411"));
  const Finding ipv6 = judge_failure(SendReason::broken, "\x15\x03", "http://[::1]:9411");
  TEST_ASSERT_TRUE(contains(ipv6.advice, "https://[::1]:9411"));
  TEST_ASSERT_TRUE(contains(judge_failure(SendReason::broken, "").advice, "https://"));
}

EDGESPAN_TEST(answer_no_answer_is_told_from_a_foreign_one, "cli") {
  TEST_ASSERT_TRUE(contains(judge_failure(SendReason::deadline, "").text, "10.00 s"));
  TEST_ASSERT_TRUE(
      contains(judge_failure(SendReason::garbage, "SSH-2.0-OpenSSH_9.2").text, "SSH-2.0-OpenSSH_9.2"));
}

EDGESPAN_TEST(answer_that_began_is_told_from_silence, "cli") {
  const std::string part = "HTTP/1.1 202 Acc";
  TEST_ASSERT_TRUE(contains(judge_failure(SendReason::deadline, part).text, "not complete within 10"));
  TEST_ASSERT_TRUE(contains(judge_failure(SendReason::broken, part).text, "in the middle of the answer"));
  TEST_ASSERT_TRUE(contains(judge_failure(SendReason::deadline, "").text, "no answer within"));
}

EDGESPAN_TEST(answer_dates_apart_are_told_with_how_far, "cli") {
  constexpr std::int64_t now_s = 1'795'512'332;  // 2026-11-24 09:25:32
  const Finding unset = judge_dates({.known = false, .machine_s = 12, .server_s = now_s});
  TEST_MESSAGE(unset.text);
  TEST_ASSERT_FALSE(unset.good);
  TEST_ASSERT_TRUE(contains(unset.text, "1970-01-01 00:00:12 UTC"));
  TEST_ASSERT_TRUE(contains(unset.text, "56 years behind"));
  TEST_ASSERT_TRUE(contains(unset.text, "2026-11-24 09:25:32 UTC"));
  TEST_ASSERT_TRUE(contains(unset.advice, "NTP"));
  const Finding ahead = judge_dates({.machine_s = now_s + 3 * 3'600 + 120, .server_s = now_s});
  TEST_ASSERT_FALSE(ahead.good);
  TEST_ASSERT_TRUE(contains(ahead.text, "3 h 2 min ahead of the server"));
  TEST_ASSERT_FALSE(judge_dates({.machine_s = now_s - 6, .server_s = now_s}).good);
  TEST_ASSERT_TRUE(judge_dates({.machine_s = now_s - 5, .server_s = now_s}).good);
  TEST_ASSERT_TRUE(judge_dates({.machine_s = now_s}).good);
  TEST_ASSERT_FALSE(judge_dates({.known = false, .machine_s = 12}).good);
  for (const auto& [seconds, text] : {std::pair{59, "59 s"},
                                      {60, "1 min 0 s"},
                                      {86'400, "24 h 0 min"},
                                      {2 * 86'400, "2 days"},
                                      {100'000'000, "3 years"}}) {
    TEST_ASSERT_EQUAL_STRING(text, cli::span_of_time(seconds));
  }
}

}  // namespace
