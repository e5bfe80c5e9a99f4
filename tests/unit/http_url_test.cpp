// SPDX-License-Identifier: Apache-2.0
#include "http/http_url.hpp"
#include "http/zipkin_dialect.hpp"

#include <string>

#include "tests/support/test.hpp"

namespace {

using edgespan::Status;
using edgespan::http_detail::HttpUrl;
using edgespan::http_detail::parse_http_url;
using edgespan::http_detail::zipkin_dialect;

struct Good {
  std::string_view url;
  std::string_view host;
  std::string_view path;
  unsigned port;
  bool secure = false;
};

constexpr std::string_view spans = "/api/v2/spans";

constexpr Good good[] = {
    {"http://zipkin:9411/api/v2/spans", "zipkin", spans, 9411},
    {"http://zipkin:9411", "zipkin", spans, 9411},
    {"http://zipkin:9411/", "zipkin", spans, 9411},
    {"http://zipkin", "zipkin", spans, 80},
    {"HTTP://Zipkin.Example:1/x", "Zipkin.Example", "/x", 1},
    {"http://10.0.0.1:65535/a/b/", "10.0.0.1", "/a/b/", 65535},
    {"http://[::1]:9411/api", "::1", "/api", 9411},
    {"http://[2001:db8::c001]", "2001:db8::c001", spans, 80},
    {"http://my_collector-1/", "my_collector-1", spans, 80},
    {"http://h:00080/p", "h", "/p", 80},
    {"http://h/a@b:c", "h", "/a@b:c", 80},
    {"http://h//", "h", "//", 80},
    {"http://azAZ09._-/!~", "azAZ09._-", "/!~", 80},
    {"http://[0123456789abcdefABCDEF:.]/", "0123456789abcdefABCDEF:.", spans, 80},
    {"http://h:99", "h", spans, 99},
    {"https://zipkin", "zipkin", spans, 443, true},
    {"https://zipkin:9411/x", "zipkin", "/x", 9411, true},
    {"https://zipkin:80", "zipkin", spans, 80, true},
    {"HttpS://[::1]/", "::1", spans, 443, true},
};

constexpr std::string_view bad[] = {
    "",
    "http:/",
    "http://",
    "https:/",
    "https://",
    "https:///x",
    "https://:443",
    "https://user@h/",
    "httpss://h/",
    "https//h/",
    "ftp://zipkin/",
    "zipkin:9411/api/v2/spans",
    "http:///api/v2/spans",
    "http://:9411/",
    "http://h:/",
    "http://h:0/",
    "http://h:65536/",
    "http://h:100000/",
    "http://h:-1/",
    "http://h:+1/",
    "http://h:9411x/",
    "http://user@h/",
    "http://user:pw@h/",
    "http://h?q",
    "http://h/p?q=1",
    "http://h/p#f",
    "http://h#f",
    "http://h/a b",
    "http://h /",
    " http://h/",
    "http://h/\r\nX: y",
    "http://h\r\n/",
    "http://h/\x7f",
    "http://h/\xc3\xa4",
    "http://h\xc3\xa4/",
    "http://[::1",
    "http://[]/",
    "http://[::1]x/",
    "http://[zz]/",
    "http://[fe80::1%25eth0]/",
    "http://::1/",
    "http://h\\x/",
    "http://`/",
    "http://{/",
    "http://@/",
    "http://h,/",
    "http://[g]/",
    "http://[`]/",
    "http://[/]/",
    "http://[;]/",
    "http://[::1]9411/",
    "http://h:;/",
};

EDGESPAN_TEST(good_urls_are_taken_apart, "http") {
  for (const Good& row : good) {
    HttpUrl url;
    TEST_ASSERT_TRUE(parse_http_url(row.url, zipkin_dialect, url) == Status::ok);
    TEST_ASSERT_TRUE(url.host == row.host);
    TEST_ASSERT_TRUE(url.path == row.path);
    TEST_ASSERT_EQUAL_UINT32(row.port, url.port);
    TEST_ASSERT_EQUAL_INT(row.secure, url.secure);
  }
}

EDGESPAN_TEST(bad_urls_are_refused_and_change_nothing, "http") {
  for (const std::string_view text : bad) {
    HttpUrl url;
    url.host = "before";
    TEST_ASSERT_TRUE(parse_http_url(text, zipkin_dialect, url) == Status::bad_url);
    TEST_ASSERT_TRUE(url.host == "before");
  }
}

EDGESPAN_TEST(a_nul_byte_in_a_url_is_refused, "http") {
  HttpUrl url;
  TEST_ASSERT_TRUE(parse_http_url(std::string_view("http://h\0x/", 11), zipkin_dialect, url) ==
                   Status::bad_url);
  TEST_ASSERT_TRUE(parse_http_url(std::string_view("http://h/\0", 10), zipkin_dialect, url) ==
                   Status::bad_url);
}

static_assert(HttpUrl::host_bytes_max == 253);  // of a name in DNS
static_assert(HttpUrl::path_bytes_max == 255);

EDGESPAN_TEST(host_and_path_have_a_longest_length, "http") {
  const std::string host(HttpUrl::host_bytes_max, 'h');
  const std::string path = "/" + std::string(HttpUrl::path_bytes_max - 1, 'p');
  HttpUrl url;
  const std::string longest = "http://" + host + path;
  TEST_ASSERT_TRUE(parse_http_url(longest, zipkin_dialect, url) == Status::ok);
  TEST_ASSERT_TRUE(parse_http_url("http://" + host + "h" + path, zipkin_dialect, url) == Status::bad_url);
  TEST_ASSERT_TRUE(parse_http_url("http://" + host + path + "p", zipkin_dialect, url) == Status::bad_url);
}

// A dialect may have schemes of its own, a port and a path; those of HTTP stay.
EDGESPAN_TEST(a_dialect_has_its_own_scheme_port_and_path, "http") {
  constexpr edgespan::Dialect dialect{.scheme = "otlp", .port = 4318, .path = "/v1/traces"};
  constexpr Good own[] = {
      {"otlp://h", "h", "/v1/traces", 4318, false},
      {"OTLPS://h/", "h", "/v1/traces", 4318, true},
      {"otlps://[::1]:1/x", "::1", "/x", 1, true},
      {"http://h", "h", "/v1/traces", 80, false},
      {"https://h:4318/otlp/v1/traces", "h", "/otlp/v1/traces", 4318, true},
  };
  for (const Good& row : own) {
    HttpUrl url;
    TEST_ASSERT_TRUE(parse_http_url(row.url, dialect, url) == Status::ok);
    TEST_ASSERT_TRUE(url.host == row.host && url.path == row.path && url.port == row.port);
    TEST_ASSERT_EQUAL_INT(row.secure, url.secure);
  }
  for (const std::string_view text : {"otlp", "otlp:/h", "otlpss://h", "otlp://", "tlp://h", "httpss://h"}) {
    HttpUrl url;
    TEST_ASSERT_TRUE(parse_http_url(text, dialect, url) == Status::bad_url);
  }
  HttpUrl url;
  TEST_ASSERT_TRUE(parse_http_url("otlp://h", zipkin_dialect, url) == Status::bad_url);
}

}  // namespace
