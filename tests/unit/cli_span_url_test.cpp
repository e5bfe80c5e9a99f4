// SPDX-License-Identifier: Apache-2.0
// Where the tool's spans can go, by URL.
#include "cli/sending/span_url.hpp"
#include "support/test.hpp"

#include <string>
#include <string_view>

namespace {

using namespace edgespan;
using cli::SpanUrl;

SpanUrl url_of(std::string_view url) {
  SpanUrl parsed;
  const std::string wrong = cli::parse_span_url(url, parsed);
  TEST_MESSAGE(url << ": " << wrong);
  TEST_ASSERT_TRUE(wrong.empty());
  return parsed;
}

EDGESPAN_TEST(cli_span_url_every_scheme_is_read, "cli") {
  TEST_ASSERT_TRUE(url_of("http://h:9411").kind == SpanUrl::Kind::http);
  TEST_ASSERT_TRUE(url_of("https://h/api/v2/spans").kind == SpanUrl::Kind::https);
  TEST_ASSERT_EQUAL_STRING("https://h/api/v2/spans", url_of("https://h/api/v2/spans").text);
  const SpanUrl web = url_of("https://[::1]:9412/prefix/api/v2/spans");
  TEST_ASSERT_EQUAL_STRING("::1", web.host);
  TEST_ASSERT_EQUAL_UINT32(9412, web.port);
  TEST_ASSERT_EQUAL_STRING("/prefix/api/v2/spans", web.path);
  TEST_ASSERT_EQUAL_STRING("/api/v2/spans", url_of("http://h").path);
  TEST_ASSERT_EQUAL_STRING("[::1]:9412", cli::host_and_port(web.host, web.port));
  TEST_ASSERT_EQUAL_STRING("h:80", cli::host_and_port("h", 80));
  TEST_ASSERT_FALSE(web.otlp);
  const SpanUrl otlp = url_of("otlps://c");
  TEST_ASSERT_TRUE(otlp.kind == SpanUrl::Kind::https && otlp.otlp);
  TEST_ASSERT_EQUAL_UINT32(4318, otlp.port);
  TEST_ASSERT_EQUAL_STRING("/v1/traces", otlp.path);
  TEST_ASSERT_TRUE(url_of("http://c:4318/v1/traces").otlp);
  TEST_ASSERT_TRUE(url_of("none:").kind == SpanUrl::Kind::none);
  TEST_ASSERT_TRUE(url_of("file:spans.bin").kind == SpanUrl::Kind::file);
  TEST_ASSERT_EQUAL_STRING("spans.bin", url_of("file:spans.bin").file);
  TEST_ASSERT_EQUAL_STRING("/tmp/spans.bin", url_of("file:/tmp/spans.bin").file);
  TEST_ASSERT_EQUAL_STRING("/tmp/spans.bin", url_of("file:///tmp/spans.bin").file);
  const SpanUrl kafka = url_of("kafka://a:9092,[::1]:9093,c/my.spans-1");
  TEST_ASSERT_TRUE(kafka.kind == SpanUrl::Kind::kafka);
  TEST_ASSERT_EQUAL_STRING("a:9092,[::1]:9093,c", kafka.brokers);
  TEST_ASSERT_EQUAL_STRING("my.spans-1", kafka.topic);
  TEST_ASSERT_EQUAL_STRING("zipkin", url_of("kafka://a").topic);
  TEST_ASSERT_EQUAL_STRING("zipkin", url_of("kafka://a/").topic);
}

EDGESPAN_TEST(cli_span_url_what_cannot_be_says_what_can, "cli") {
  for (const std::string& url : {std::string{""}, std::string{"h:9411"}, std::string{"ftp://h"},
                                 std::string{"none"}, std::string{"kafka:a"}, std::string{"http://"}}) {
    SpanUrl parsed{.kind = SpanUrl::Kind::file, .file = "kept"};
    const std::string wrong = cli::parse_span_url(url, parsed);
    TEST_MESSAGE(url << ": " << wrong);
    for (const char* scheme : {"http[s]://", "otlp[s]://", "kafka://", "file:", "none:"}) {
      TEST_ASSERT_TRUE(wrong.find(scheme) != wrong.npos);
    }
    TEST_ASSERT_EQUAL_STRING("kept", parsed.file);
  }
  SpanUrl parsed;
  for (const char* url :
       {"kafka://", "kafka:///t", "kafka://,a/t", "kafka://a,/t", "kafka://a,,b/t", "kafka://a b/t",
        "kafka://a/b/c", "kafka://a/..", "kafka://a/t opic", "file:", "file://host/f"}) {
    TEST_MESSAGE(url);
    TEST_ASSERT_FALSE(cli::parse_span_url(url, parsed).empty());
  }
  TEST_ASSERT_FALSE(cli::parse_span_url("kafka://a/" + std::string(250, 't'), parsed).empty());
}

}  // namespace
