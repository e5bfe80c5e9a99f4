// SPDX-License-Identifier: Apache-2.0
// What the doctor says of the result of a post. It is for people, so the tests look for the words that help.
#include "cli/doctor/post_diagnosis.hpp"
#include "support/test.hpp"

#include <string>
#include <string_view>

namespace {

using namespace edgespan;
using cli::Finding;
using cli::ReplyText;
using cli::SpanUrl;

constexpr std::string_view default_url = "http://zipkin.example:9411/api/v2/spans";
constexpr std::uint64_t limit_us = 10'000'000;

bool contains(const std::string& text, std::string_view part) { return text.find(part) != text.npos; }

std::string reply(unsigned status, const std::string& headers = "", const std::string& body = "") {
  return "HTTP/1.1 " + std::to_string(status) + " Text\r\n" + headers + "\r\n" + body;
}

Finding diagnose(const SendResult& result, const std::string& received, std::string_view url = default_url) {
  SpanUrl parsed;
  TEST_ASSERT_EQUAL_STRING("", parse_span_url(url, parsed));
  const Finding finding = diagnose_post(result, ReplyText{received}, parsed, limit_us);
  TEST_MESSAGE(finding.text + "\n  " + finding.advice);
  TEST_ASSERT_TRUE(finding.good == finding.advice.empty());
  return finding;
}

Finding diagnose_status(unsigned status, const std::string& headers = "", const std::string& body = "",
                        std::string_view url = default_url) {
  SendResult result;
  result.outcome = status / 100 == 2 ? Outcome::delivered : Outcome::refused;
  result.status = static_cast<std::uint16_t>(status);
  return diagnose(result, reply(status, headers, body), url);
}

Finding diagnose_failure(Outcome outcome, const std::string& received, std::string_view url = default_url) {
  SendResult result;
  result.outcome = outcome;
  return diagnose(result, received, url);
}

EDGESPAN_TEST(post_a_collector_that_takes_spans_is_fine, "cli") {
  TEST_ASSERT_TRUE(diagnose_status(202).good);
  TEST_ASSERT_TRUE(diagnose_status(200, "Content-Type: application/json\r\n", "{}").good);
}

EDGESPAN_TEST(post_a_page_of_html_is_no_collector, "cli") {
  for (const Finding& finding : {diagnose_status(200, "Content-Type: text/html\r\n", "<!doctype html>"),
                                 diagnose_status(200, "", "\n<HTML><body>Welcome to our hotel")}) {
    TEST_ASSERT_FALSE(finding.good);
    TEST_ASSERT_TRUE(contains(finding.text, "HTML"));
    TEST_ASSERT_TRUE(contains(finding.advice, "keeps its spans"));
  }
  TEST_ASSERT_TRUE(contains(diagnose_status(511, "", "log in").text, "login"));
}

EDGESPAN_TEST(post_an_answer_in_the_words_of_otlp_is_no_zipkin, "cli") {
  const SendResult result{.outcome = Outcome::suspect, .status = 200};
  const Finding finding =
      diagnose(result, reply(200, "Content-Type: application/x-protobuf\r\n", "\n"), "http://h:4318/x");
  TEST_ASSERT_FALSE(finding.good);
  TEST_ASSERT_TRUE(contains(finding.text, "OTLP"));
  TEST_ASSERT_TRUE(contains(finding.advice, "otlp://h:4318/x"));
}

EDGESPAN_TEST(post_each_refusal_says_what_to_do, "cli") {
  TEST_ASSERT_TRUE(contains(diagnose_status(404, "", "", "http://h:9411/zipkin").advice, "/api/v2/spans"));
  TEST_ASSERT_TRUE(contains(diagnose_status(404).advice, "host and port"));
  TEST_ASSERT_TRUE(contains(diagnose_status(405, "", "", "http://h/api/v1/spans").advice, "/api/v2/spans"));
  TEST_ASSERT_TRUE(
      contains(diagnose_status(400, "", "Malformed", "http://h/api/v1/spans").advice, "/api/v2/spans"));
  for (const unsigned status : {401u, 403u, 407u}) {
    TEST_ASSERT_TRUE(contains(diagnose_status(status).text, std::to_string(status)));
    TEST_ASSERT_TRUE(contains(diagnose_status(status).advice, "--cert"));
  }
  TEST_ASSERT_TRUE(contains(diagnose_status(413).advice, "client_max_body_size"));
  const Finding moved = diagnose_status(301, "Location: https://zipkin.example/api/v2/spans\r\n");
  TEST_ASSERT_TRUE(contains(moved.text, "https://zipkin.example/api/v2/spans"));
  TEST_ASSERT_TRUE(contains(moved.advice, "follows no redirect"));
  TEST_ASSERT_TRUE(contains(diagnose_status(503, "Retry-After: 120\r\n").text, "120 s"));
  TEST_ASSERT_TRUE(
      contains(diagnose_status(502, "", "<html><title>Bad Gateway</title>").text, "Bad Gateway"));
  TEST_ASSERT_TRUE(contains(diagnose_status(415, "", "no protobuf here").text, "no protobuf here"));
  TEST_ASSERT_TRUE(contains(diagnose_status(500, "", "storage is broken").text, "storage is broken"));
}

EDGESPAN_TEST(post_plain_http_on_a_port_for_tls_is_seen, "cli") {
  const Finding alert = diagnose_failure(Outcome::garbled, std::string{"\x15\x03\x01\x00\x02\x02\x0a", 7});
  TEST_ASSERT_TRUE(contains(alert.advice, "https://zipkin.example:9411/api/v2/spans"));
  const Finding nginx =
      diagnose_status(400, "", "<html><head><title>400 The plain HTTP request was sent to HTTPS port");
  TEST_ASSERT_TRUE(contains(nginx.advice, "https://zipkin.example:9411"));
  const Finding ipv6 = diagnose_failure(Outcome::interrupted, "\x15\x03", "http://[::1]:9411");
  TEST_ASSERT_TRUE(contains(ipv6.advice, "https://[::1]:9411"));
  TEST_ASSERT_TRUE(contains(diagnose_failure(Outcome::interrupted, "").advice, "https://"));
}

EDGESPAN_TEST(post_no_reply_is_told_from_a_foreign_one, "cli") {
  TEST_ASSERT_TRUE(contains(diagnose_failure(Outcome::late, "").text, "10.00 s"));
  TEST_ASSERT_TRUE(
      contains(diagnose_failure(Outcome::garbled, "SSH-2.0-OpenSSH_9.2").text, "SSH-2.0-OpenSSH_9.2"));
}

EDGESPAN_TEST(post_a_reply_that_began_is_told_from_silence, "cli") {
  const std::string part = "HTTP/1.1 202 Acc";
  TEST_ASSERT_TRUE(contains(diagnose_failure(Outcome::late, part).text, "not complete within 10"));
  TEST_ASSERT_TRUE(contains(diagnose_failure(Outcome::interrupted, part).text, "in the middle of the reply"));
  TEST_ASSERT_TRUE(contains(diagnose_failure(Outcome::late, "").text, "no reply within"));
}

}  // namespace
