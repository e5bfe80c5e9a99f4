// SPDX-License-Identifier: Apache-2.0
// `edgespan doctor otlp://...` against servers on loopback: one for OTLP, with a Jaeger beside it or without.
#include "cli/tool.hpp"
#include "support/loopback_server.hpp"
#include "support/test.hpp"

#include <httplib.h>

#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace {

using namespace edgespan;
using namespace edgespan::test;

struct Examination {
  int code = -1;
  std::string out;
  std::string advice;
};

Examination doctor(const std::string& url, int query_port = 1, const std::string& limit_s = "5") {
  const std::string port = std::to_string(query_port);
  const char* const argv[] = {"edgespan",      "doctor",       url.c_str(), "--timeout",
                              limit_s.c_str(), "--query-port", port.c_str()};
  std::istringstream in;
  std::ostringstream out, err;
  const int code = cli::run(7, argv, {in, -1, out, err});
  TEST_MESSAGE(out.str() + err.str());
  return {code, out.str(), err.str()};
}

bool contains(const std::string& text, const std::string& part) { return text.find(part) != text.npos; }

std::string hex(const std::string& bytes) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string out;
  for (const char c : bytes) {
    out += digits[static_cast<unsigned char>(c) >> 4];
    out += digits[static_cast<unsigned char>(c) & 15];
  }
  return out;
}

// As much of Jaeger as the doctor asks for: OTLP on one port, queries on another.
class SmallJaeger {
 public:
  explicit SmallJaeger(bool stores) {
    collector_.Post("/v1/traces",
                    [this, stores](const httplib::Request& request, httplib::Response& response) {
                      const std::size_t id = request.body.find("\x0a\x10");  // Span.trace_id, 16 bytes
                      if (stores && id != std::string::npos)
                        ids_.insert(hex(request.body.substr(id + 2, 16)));
                      response.set_content(std::string("\x0a\x00", 2), "application/x-protobuf");
                    });
    query_.Get("/api/services", [](const httplib::Request&, httplib::Response& response) {
      response.set_content(R"({"data":null,"total":0})", "application/json");
    });
    query_.Get("/api/traces/(.*)", [this](const httplib::Request& request, httplib::Response& response) {
      const std::string id = request.matches[1];
      response.status = ids_.count(id) != 0 ? 200 : 404;
      response.set_content(response.status == 200 ? R"({"data":[{"traceID":")" + id + R"("}]})"
                                                  : R"({"errors":[{"code":404,"msg":"trace not found"}]})",
                           "application/json");
    });
    run(collector_, collector_port);
    run(query_, query_port);
  }
  SmallJaeger(const SmallJaeger&) = delete;
  SmallJaeger& operator=(const SmallJaeger&) = delete;
  ~SmallJaeger() {
    collector_.stop();
    query_.stop();
    for (std::thread& thread : threads_) thread.join();
  }
  std::string url() const { return "otlp://127.0.0.1:" + std::to_string(collector_port); }

  int collector_port = 0;
  int query_port = 0;

 private:
  void run(httplib::Server& server, int& port) {
    server.set_keep_alive_timeout(1);
    port = server.bind_to_any_port("127.0.0.1");
    threads_.emplace_back([&server] { server.listen_after_bind(); });
    while (!server.is_running()) std::this_thread::sleep_for(std::chrono::milliseconds{1});
  }

  std::set<std::string> ids_;
  httplib::Server collector_, query_;
  std::vector<std::thread> threads_;
};

LoopbackServer::Behaviour answering(const std::string& status, const std::string& headers = "",
                                    const std::string& body = "") {
  LoopbackServer::Behaviour behaviour;
  behaviour.reply = "HTTP/1.1 " + status + "\r\n" + headers +
                    "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  return behaviour;
}

std::string otlp_url(const LoopbackServer& server, const std::string& path = "") {
  return "otlp://127.0.0.1:" + std::to_string(server.port()) + path;
}

constexpr const char* protobuf = "Content-Type: application/x-protobuf\r\n";

EDGESPAN_TEST(doctor_goes_the_whole_way_to_a_jaeger_and_back, "cli") {
  const SmallJaeger jaeger{true};
  const Examination found = doctor(jaeger.url(), jaeger.query_port);
  TEST_ASSERT_EQUAL_INT(0, found.code);
  TEST_ASSERT_EQUAL_STRING("", found.advice);
  TEST_ASSERT_TRUE(contains(found.out, "was taken and found again"));
}

EDGESPAN_TEST(doctor_notices_a_span_that_jaeger_took_and_did_not_keep, "cli") {
  const SmallJaeger jaeger{false};
  const Examination found = doctor(jaeger.url(), jaeger.query_port, "1");
  TEST_ASSERT_EQUAL_INT(1, found.code);
  TEST_ASSERT_TRUE(contains(found.out, "is not found after"));
  TEST_ASSERT_TRUE(contains(found.advice, "Jaeger"));
}

EDGESPAN_TEST(doctor_says_that_it_cannot_know_where_nobody_answers_queries, "cli") {
  const LoopbackServer server{answering("200 OK", protobuf, std::string("\x0a\x00", 2))};
  const Examination found = doctor(otlp_url(server));
  TEST_ASSERT_EQUAL_INT(0, found.code);
  TEST_ASSERT_TRUE(contains(found.out, "whether it was stored cannot be known"));
}

EDGESPAN_TEST(doctor_tells_what_is_no_server_for_otlp, "cli") {
  struct Case {
    LoopbackServer::Behaviour behaviour;
    const char* words;
  };
  LoopbackServer::Behaviour grpc;
  grpc.reply = std::string("\x00\x00\x06\x04\x00\x00\x00\x00\x00", 9);
  const Case cases[] = {
      {answering("202 Accepted"), "no reply of OTLP (Content-Type: none)"},
      {answering("200 OK", "Content-Type: application/json\r\n", "{}"), "Content-Type: application/json"},
      {answering("200 OK", "Content-Type: text/html\r\n", "<html>"), "a page of HTML"},
      {answering("404 Not Found"), "4318"},
      {answering("415 Unsupported Media Type"), "4318"},
      {grpc, "4317"},
  };
  for (const Case& c : cases) {
    TEST_CONTEXT(c.words);
    const LoopbackServer server{c.behaviour};
    const Examination found = doctor(otlp_url(server));
    TEST_ASSERT_EQUAL_INT(1, found.code);
    TEST_ASSERT_TRUE(contains(found.out, "empty post"));
    TEST_ASSERT_TRUE(contains(found.out + found.advice, c.words));
  }
  const LoopbackServer elsewhere{answering("404 Not Found")};
  TEST_ASSERT_TRUE(contains(doctor(otlp_url(elsewhere, "/traces")).advice, "/v1/traces"));
}

EDGESPAN_TEST(doctor_tells_that_its_span_was_rejected_and_why, "cli") {
  const LoopbackServer server{answering("200 OK", protobuf,
                                        "\x0a\x09\x08\x01\x12\x05"
                                        "no ID")};
  const Examination found = doctor(otlp_url(server));
  TEST_ASSERT_EQUAL_INT(1, found.code);
  TEST_ASSERT_TRUE(contains(found.out, "the span was rejected: no ID"));
}

}  // namespace
