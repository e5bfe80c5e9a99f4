// SPDX-License-Identifier: Apache-2.0
// `edgespan doctor` against servers on loopback that have what gateways meet: each fault is told at its step,
// in words, and with the exit code that a script needs.
#include "cli/doctor/doctor_command.hpp"
#include "cli/io/tool_errors.hpp"
#include "cli/tool.hpp"
#include "support/decoded_span.hpp"
#include "support/loopback_server.hpp"
#include "support/mock_kafka.hpp"
#include "support/test.hpp"
#include "support/variable.hpp"

#include <httplib.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace {

using namespace edgespan;
using namespace edgespan::test;

struct Examination {
  int code = -1;
  std::vector<std::string> lines;
  std::string advice;

  // The line of a step; empty if it was not reached.
  std::string step(const std::string& name) const {
    for (const std::string& line : lines) {
      if (line.starts_with(name + " ")) return line;
    }
    return {};
  }
};

Examination told(int code, const std::ostringstream& out, const std::ostringstream& err) {
  Examination result{code, {}, err.str()};
  std::istringstream text{out.str()};
  for (std::string line; std::getline(text, line);) result.lines.push_back(line);
  TEST_MESSAGE(out.str() + err.str());
  return result;
}

Examination doctor(const std::string& url, const std::string& limit_s = "5",
                   const std::vector<std::string>& more = {}) {
  std::vector<const char*> argv{"edgespan", "doctor", url.c_str(), "--timeout", limit_s.c_str()};
  for (const std::string& argument : more) argv.push_back(argument.c_str());
  std::istringstream in;
  std::ostringstream out, err;
  const int code = cli::run(static_cast<int>(argv.size()), argv.data(), {in, -1, out, err});
  return told(code, out, err);
}

bool contains(const std::string& text, const std::string& part) { return text.find(part) != text.npos; }

// It fails there, after the steps before it were good, and none follows.
void check_fails_at(const Examination& found, const std::string& name, const std::string& words) {
  TEST_ASSERT_EQUAL_INT(1, found.code);
  TEST_ASSERT_FALSE(found.lines.empty());
  TEST_ASSERT_TRUE(found.lines.back().starts_with(name + " "));
  TEST_ASSERT_TRUE(contains(found.lines.back(), " FAILED "));
  TEST_ASSERT_TRUE(contains(found.lines.back() + found.advice, words));
  TEST_ASSERT_TRUE(contains(found.advice, "edgespan: " + name + ": "));
  for (std::size_t i = 0; i + 1 < found.lines.size(); ++i) TEST_ASSERT_TRUE(contains(found.lines[i], " ok "));
}

LoopbackServer::Behaviour answering(const std::string& status, const std::string& headers = "",
                                    const std::string& body = "") {
  LoopbackServer::Behaviour behaviour;
  behaviour.reply = "HTTP/1.1 " + status + "\r\n" + headers +
                    "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  return behaviour;
}

// As much of Zipkin as the doctor asks for, with the storage that a test wants. `key`: of a proxy before it,
// which lets nobody in without that value of X-Api-Key; empty: there is none.
class SmallZipkin {
 public:
  explicit SmallZipkin(bool stores, const std::string& key = {}) : stores_{stores} {
    server_.set_keep_alive_timeout(1);
    server_.set_pre_routing_handler([key](const httplib::Request& request, httplib::Response& response) {
      using enum httplib::Server::HandlerResponse;
      if (key.empty() || request.get_header_value("X-Api-Key") == key) return Unhandled;
      response.status = 401;
      return Handled;
    });
    server_.Post("/api/v2/spans", [this](const httplib::Request& request, httplib::Response& response) {
      const std::string& body = request.body;
      for (const DecodedSpan& span : decode_spans(std::as_bytes(std::span{body}))) {
        if (stores_) spans_[span.trace_id] = span.name + " of " + span.local.service_name;
      }
      response.status = 202;
    });
    server_.Get("/api/v2/trace/(.*)", [this](const httplib::Request& request, httplib::Response& response) {
      const std::string id = request.matches[1];
      const auto found = spans_.find(id);
      response.status = found == spans_.end() ? 404 : 200;
      response.set_content(response.status == 404 ? id + " not found" : R"([[{"traceId":")" + id + R"("}]])",
                           "application/json");
    });
    port_ = server_.bind_to_any_port("127.0.0.1");
    thread_ = std::thread{[this] { server_.listen_after_bind(); }};
    while (!server_.is_running()) std::this_thread::sleep_for(std::chrono::milliseconds{1});
  }
  SmallZipkin(const SmallZipkin&) = delete;
  SmallZipkin& operator=(const SmallZipkin&) = delete;
  ~SmallZipkin() {
    server_.stop();
    thread_.join();
  }
  std::string url() const { return "http://localhost:" + std::to_string(port_); }
  const std::map<std::string, std::string>& spans() const { return spans_; }

 private:
  bool stores_;
  std::map<std::string, std::string> spans_;
  httplib::Server server_;
  int port_ = 0;
  std::thread thread_;
};

EDGESPAN_TEST(doctor_finds_nothing_wrong_with_a_zipkin, "cli") {
  const SmallZipkin zipkin{true};
  const Examination found = doctor(zipkin.url());
  TEST_ASSERT_EQUAL_INT(0, found.code);
  TEST_ASSERT_EQUAL_STRING("", found.advice);
  TEST_ASSERT_EQUAL_UINT64(5, found.lines.size());
  for (const char* step : {"resolve", "connect", "clock", "empty post", "round trip"}) {
    TEST_ASSERT_TRUE(contains(found.step(step), " ok "));
  }
  TEST_ASSERT_TRUE(contains(found.step("resolve"), "localhost is "));
  TEST_ASSERT_EQUAL_UINT64(1, zipkin.spans().size());
  const auto& [trace_id, what] = *zipkin.spans().begin();
  TEST_ASSERT_EQUAL_STRING("doctor of edgespan-doctor", what);
  TEST_ASSERT_TRUE(contains(found.step("round trip"), trace_id + " was taken and found again"));
}

EDGESPAN_TEST(doctor_notices_a_span_that_is_taken_and_not_kept, "cli") {
  const SmallZipkin zipkin{false};
  check_fails_at(doctor(zipkin.url(), "3"), "round trip", "is not found after");
}

EDGESPAN_TEST(doctor_is_let_in_where_the_agent_is, "cli") {
  const SmallZipkin zipkin{true, "k,y"};
  check_fails_at(doctor(zipkin.url()), "empty post", "http_headers");
  const Examination given = doctor(zipkin.url(), "5", {"--http-headers", "x-api-key=k%2cy"});
  TEST_ASSERT_EQUAL_INT(0, given.code);
  TEST_ASSERT_TRUE(contains(given.step("empty post"), "with the headers of --http-headers"));
  TEST_ASSERT_TRUE(contains(given.step("round trip"), "found again"));

  const Variable headers{"EDGESPAN_HTTP_HEADERS", "x-api-key=k%2cy"};
  const Examination set = doctor(zipkin.url());
  TEST_ASSERT_EQUAL_INT(0, set.code);
  TEST_ASSERT_TRUE(contains(set.step("empty post"), "with the headers of EDGESPAN_HTTP_HEADERS"));
  check_fails_at(doctor(zipkin.url(), "5", {"--http-headers", "x-api-key=wrong"}), "empty post",
                 "check the values of --http-headers");
  const Variable url{"EDGESPAN_URL", zipkin.url() + "/api/v2/spans"};
  TEST_ASSERT_EQUAL_INT(0, doctor(zipkin.url()).code);
}

EDGESPAN_TEST(doctor_gives_a_key_to_its_collector_alone, "cli") {
  const LoopbackServer other;
  const Variable headers{"EDGESPAN_HTTP_HEADERS", "x-api-key=s3cret"};
  const Variable url{"EDGESPAN_URL", "http://127.0.0.1:1"};
  TEST_ASSERT_EQUAL_INT(0, doctor(other.url()).code);
  TEST_ASSERT_EQUAL_UINT64(3, other.requests().size());
  for (const std::string& request : other.requests()) TEST_ASSERT_FALSE(contains(request, "s3cret"));
}

EDGESPAN_TEST(doctor_refuses_headers_that_are_wrong, "cli") {
  for (const char* headers : {"no pair s3cret", "x-key=s3cret%0a"}) {
    const Examination found = doctor("http://127.0.0.1:1", "5", {"--http-headers", headers});
    TEST_ASSERT_EQUAL_INT(2, found.code);
    TEST_ASSERT_TRUE(contains(found.advice, "http_headers: "));
  }
  TEST_ASSERT_EQUAL_INT(2, doctor("kafka://127.0.0.1:1", "5", {"--http-headers", "a=b"}).code);
  TEST_ASSERT_EQUAL_INT(2, doctor("/bin/true", "5", {"--http-headers", "a=b"}).code);
}

EDGESPAN_TEST(doctor_is_content_with_a_collector_that_answers_no_queries, "cli") {
  const LoopbackServer collector;
  const Examination found = doctor(collector.url());
  TEST_ASSERT_EQUAL_INT(0, found.code);
  TEST_ASSERT_TRUE(contains(found.step("round trip"), "does not answer queries"));
}

EDGESPAN_TEST(doctor_tells_a_name_from_a_port_that_is_wrong, "cli") {
  const std::string unknown = "unknown.edgespan-test";  // to the resolver of posix_resolver.cpp
  check_fails_at(doctor("http://" + unknown), "resolve", "no address is known for " + unknown);
  check_fails_at(doctor("http://127.0.0.1:1"), "connect", "nobody listens on 127.0.0.1:1");
  const Examination ipv6 = doctor("http://[::1]:1");
  TEST_ASSERT_EQUAL_INT(1, ipv6.code);
  TEST_ASSERT_TRUE(contains(ipv6.step("connect"), "[::1]:1"));
}

EDGESPAN_TEST(doctor_gives_up_on_a_server_that_is_silent, "cli") {
  LoopbackServer::Behaviour silent;
  silent.reads = false;
  check_fails_at(doctor(LoopbackServer{silent}.url(), "0.2"), "empty post", "no reply within 2");
}

EDGESPAN_TEST(doctor_tells_what_is_not_a_collector, "cli") {
  LoopbackServer::Behaviour behaviour;
  behaviour.reply = "SSH-2.0-OpenSSH_9.2\r\n";
  check_fails_at(doctor(LoopbackServer{behaviour}.url()), "empty post", "does not speak HTTP");
  behaviour.resets_on_first_byte = true;
  check_fails_at(doctor(LoopbackServer{behaviour}.url()), "empty post", "was closed before a reply came");
  const auto portal = answering("200 OK", "Content-Type: text/html\r\n", "<html>Welcome");
  check_fails_at(doctor(LoopbackServer{portal}.url()), "empty post", "a page of HTML");
}

EDGESPAN_TEST(doctor_explains_what_a_server_refuses, "cli") {
  check_fails_at(doctor(LoopbackServer{answering("404 Not Found")}.url("/zipkin")), "empty post",
                 "/api/v2/spans");
  check_fails_at(doctor(LoopbackServer{answering("401 Unauthorized")}.url()), "empty post", "status 401");
  check_fails_at(doctor(LoopbackServer{answering("403 Forbidden")}.url()), "empty post", "--cert");
  check_fails_at(doctor(LoopbackServer{answering("413 Too Large")}.url()), "empty post",
                 "client_max_body_size");
  check_fails_at(
      doctor(LoopbackServer{answering("302 Found", "Location: http://elsewhere.example/\r\n")}.url()),
      "empty post", "http://elsewhere.example/");
  check_fails_at(doctor(LoopbackServer{answering("503 Unavailable", "Retry-After: 60\r\n")}.url()),
                 "empty post", "60 s");
}

// The clocks of a machine: what the agent takes for the date, and what the system says.
Examination doctor_at(const std::string& url, bool known, std::int64_t (*date_s)()) {
  const TestClock clock;
  edgespan_clock table = clock.table();
  if (!known) table.wall_us = [](void*) { return std::uint64_t{0}; };
  std::ostringstream out, err;
  cli::DoctorOptions options;
  options.sender.url = url;
  const int code = cli::run_doctor(options, out, err, {table, date_s});
  return told(code, out, err);
}

EDGESPAN_TEST(doctor_compares_this_machines_clock_with_the_servers, "cli") {
  const LoopbackServer server{answering("202 Accepted", "Date: Tue, 24 Nov 2026 09:25:32 GMT\r\n")};
  const Examination unset = doctor_at(server.url(), false, [] { return std::int64_t{12}; });
  TEST_ASSERT_EQUAL_INT(1, unset.code);
  TEST_ASSERT_TRUE(contains(unset.step("clock"), "1970-01-01 00:00:12 UTC, 56 years behind the server"));
  TEST_ASSERT_TRUE(contains(unset.step("empty post"), " ok "));
  TEST_ASSERT_TRUE(contains(unset.step("round trip"), "before the date is known"));
  const Examination late = doctor_at(server.url(), true, [] { return std::int64_t{1'795'512'332 + 7'200}; });
  TEST_ASSERT_EQUAL_INT(1, late.code);
  TEST_ASSERT_TRUE(contains(late.step("clock"), "2 h 0 min ahead of the server"));
  const Examination right = doctor_at(server.url(), true, [] { return std::int64_t{1'795'512'334}; });
  TEST_ASSERT_EQUAL_INT(0, right.code);
}

EDGESPAN_TEST(doctor_checks_brokers_topic_and_a_record, "cli") {
  MockCluster& cluster = MockCluster::shared();
  const std::string topic = cluster.topic();
  const Examination good = doctor("kafka://127.0.0.1:1," + cluster.brokers() + "/" + topic);
  TEST_ASSERT_EQUAL_INT(1, good.code);  // the first broker is down, which is told, and the next one is tried
  TEST_ASSERT_TRUE(contains(good.step("topic"), topic + " has 1 partition"));
  TEST_ASSERT_TRUE(contains(good.step("topic"), cluster.brokers()));
  TEST_ASSERT_TRUE(contains(good.step("round trip"), " ok "));
  TEST_ASSERT_EQUAL_INT(0, doctor("kafka://" + cluster.brokers() + "/" + topic).code);

  check_fails_at(doctor("kafka://127.0.0.1:1"), "connect", "nobody listens on 127.0.0.1:1");
  const std::string missing = cluster.topic();
  cluster.fail_topic(missing, RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART);
  check_fails_at(doctor("kafka://" + cluster.brokers() + "/" + missing), "topic",
                 "the brokers have no topic");
  LoopbackServer::Behaviour silent;
  silent.reads = false;
  const LoopbackServer no_broker{silent};
  check_fails_at(doctor("kafka://127.0.0.1:" + std::to_string(no_broker.port()), "0.5"), "topic",
                 "no broker answers in Kafka's protocol");
}

EDGESPAN_TEST(doctor_writes_a_span_to_a_file_and_reads_it, "cli") {
  const std::string path =
      std::filesystem::temp_directory_path() / ("edgespan_doctor_" + std::to_string(getpid()));
  const Examination good = doctor("file:" + path);
  std::stringstream bytes;
  bytes << std::ifstream{path, std::ios::binary}.rdbuf();
  const std::string content = bytes.str();
  std::remove(path.c_str());
  TEST_ASSERT_EQUAL_INT(0, good.code);
  TEST_ASSERT_EQUAL_UINT64(1, decode_spans(std::as_bytes(std::span{content})).size());
  check_fails_at(doctor("file:/no/such/directory/f"), "open", "/no/such/directory/f");
  check_fails_at(doctor("file:/dev/null"), "open", "regular file");
}

EDGESPAN_TEST(doctor_bad_usage_is_told_from_a_bad_uplink, "cli") {
  for (const char* url : {"none:", "ftp://h", "zipkin:9411", "https://h", "kafka://h/a topic"}) {
    const Examination found = doctor(url);
    TEST_ASSERT_EQUAL_INT(2, found.code);
    TEST_ASSERT_TRUE(found.lines.empty());
  }
  TEST_ASSERT_EQUAL_INT(2, doctor("http://h", "0").code);
}

}  // namespace
