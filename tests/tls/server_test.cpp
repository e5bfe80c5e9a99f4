// SPDX-License-Identifier: Apache-2.0
// From HttpSender to a collector in a process of its own: TLS over the POSIX stream.
#include <edgespan/http_sender.hpp>
#include <edgespan/memory.hpp>
#include <edgespan/posix_port.hpp>
#include <edgespan/reporter.hpp>
#include <edgespan/tls.hpp>
#include <edgespan/tracing.hpp>

#include <span>
#include <string>
#include <vector>

#include "https_collector.hpp"
#include "tests/support/painted_worker.hpp"
#include "tests/support/test.hpp"

namespace {

using namespace edgespan;
using test::HttpsCollector;
using test::Identity;
using test::Key;
using test::Site;

class Agent {
 public:
  Agent(const std::string& url, const Identity& root, const Identity* own = nullptr)
      : root_(root.pem()),
        own_(own != nullptr ? own->pem() : ""),
        key_(own != nullptr ? own->key_pem() : ""),
        arena_(mbedtls::arena_bytes + (own != nullptr ? 4096 : 0)) {
    mbedtls::Config config{.roots = mbedtls::pem(root_)};
    if (own != nullptr) {
      config.certificate = mbedtls::pem(own_);
      config.key = mbedtls::pem(key_);
    }
    TEST_ASSERT_TRUE(port_.init());
    TEST_ASSERT_EQUAL(mbedtls::Result::ok, tls.init(arena_, port_.stream(), port_.clock(), config));
    TEST_ASSERT_EQUAL(Status::ok, http_.init(tls.stream(), url));
    sender_ = http_.sender();
  }

  SendResult offer(const std::string& batch) {
    const auto bytes = std::as_bytes(std::span(batch));
    SendResult result;
    do {
      result = sender_.offer(sender_.ctx, bytes, port_.clock().mono_us(port_.clock().ctx));
      port_.clock().pause(nullptr, 200);
    } while (result.outcome == Outcome::pending);
    return result;
  }
  void disconnect() { sender_.cancel(sender_.ctx); }

 private:
  std::string root_, own_, key_;
  std::vector<std::byte> arena_;
  posix::Port port_;

 public:
  mbedtls::Tls tls;

 private:
  HttpSender http_;
  Sender sender_;
};

EDGESPAN_TEST(batches_reach_an_https_collector_and_the_second_connection_is_resumed, "tls") {
  for (const Key key : {Key::p256, Key::rsa2048}) {
    const Site site(key);
    HttpsCollector collector(site.chain, "");
    Agent agent(collector.url(), site.root);
    const std::string batch(60'000, 's');
    const auto post = [&](const char* handshake) {
      const SendResult result = agent.offer(batch);
      TEST_ASSERT_TRUE(result.outcome == Outcome::delivered);
      TEST_ASSERT_EQUAL_INT(202, result.status);
      const std::string line = collector.line();
      TEST_MESSAGE(line);
      TEST_ASSERT_TRUE(line.starts_with("TLSv1.") && line.ends_with(" - 60000"));
      TEST_ASSERT_TRUE(line.find(handshake) != line.npos);
    };
    post("full");
    post("full");  // on the same connection
    agent.disconnect();
    post("resumed");
    TEST_ASSERT_EQUAL_UINT32(2, agent.tls.counters().handshakes);
    TEST_ASSERT_EQUAL_UINT32(1, agent.tls.counters().resumed);
  }
}

EDGESPAN_TEST(a_collector_may_ask_for_the_gateways_certificate, "tls") {
  const Site site;
  const Identity own = site.made({.name = "gateway-7", .names = "", .usage = "clientAuth"}, &site.root);
  HttpsCollector collector(site.chain, site.root.pem());
  Agent agent(collector.url("127.0.0.1"), site.root, &own);
  TEST_ASSERT_TRUE(agent.offer("spans").outcome == Outcome::delivered);
  TEST_ASSERT_TRUE(collector.line().find(" gateway-7 5") != std::string::npos);
}

EDGESPAN_TEST(no_span_goes_to_a_collector_whose_certificate_is_rejected, "tls") {
  const Site site;
  const Site other(Key::p256, "DNS:zipkin.example");
  struct Case {
    const Site& server;
    const Identity& root;
    int error;
  };
  for (const Case& each : {Case{site, other.root, EDGESPAN_STREAM_UNKNOWN_ROOT},
                           Case{other, other.root, EDGESPAN_STREAM_WRONG_HOST}}) {
    HttpsCollector collector(each.server.chain, "");
    Agent agent(collector.url(), each.root);
    const SendResult result = agent.offer("spans");
    TEST_ASSERT_TRUE(result.outcome == Outcome::untrusted);
    TEST_ASSERT_EQUAL_INT(each.error, agent.tls.report().error);
    collector.end();
    TEST_ASSERT_EQUAL_STRING("", collector.line());  // it has had no request
  }
}

#if EDGESPAN_STACK_CAN_BE_PAINTED
// The stack of the reporter's thread: a full handshake with a certificate of the gateway's own, and a batch.
std::size_t used_over_https(Key key) {
  const Site site(key);
  const Identity own =
      site.made({.key = key, .name = "gateway-7", .names = "", .usage = "clientAuth"}, &site.root);
  const HttpsCollector collector(site.chain, site.root.pem());
  const std::string root_pem = site.root.pem();
  const std::string own_pem = own.pem();
  const std::string key_pem = own.key_pem();
  const mbedtls::Config config{
      .roots = mbedtls::pem(root_pem), .certificate = mbedtls::pem(own_pem), .key = mbedtls::pem(key_pem)};
  std::vector<std::byte> arena(mbedtls::arena_bytes + 16'384);
  static Memory<> memory;
  posix::Port port;
  mbedtls::Tls tls;
  Tracing tracing;
  HttpSender http;
  Reporter reporter;
  TEST_ASSERT_TRUE(port.init());
  test::PaintedWorker painted{port.worker()};
  const edgespan_worker worker = painted.table();
  TEST_ASSERT_EQUAL(mbedtls::Result::ok, tls.init(arena, port.stream(), port.clock(), config));
  TEST_ASSERT_EQUAL(Status::ok, tracing.init(memory, {.local = {.service_name = "stack"}}, port.clock()));
  TEST_ASSERT_EQUAL(Status::ok, http.init(tls.stream(), collector.url()));
  TEST_ASSERT_EQUAL(Status::ok, reporter.init(tracing, http.sender()));
  TEST_ASSERT_EQUAL(Status::ok, reporter.start(worker));
  for (int i = 0; i < 200; ++i) tracing.span("one").tag("k", "v").finish();
  TEST_ASSERT_EQUAL(Status::ok, reporter.stop(60'000));
  TEST_ASSERT_EQUAL(200, tracing.books().delivered);
  TEST_ASSERT_EQUAL(1, tls.counters().handshakes);
  return painted.used();
}

EDGESPAN_TEST(the_reporters_thread_has_several_times_the_stack_that_https_takes, "tls") {
  for (const Key key : {Key::p256, Key::rsa2048}) {
    const std::size_t used = used_over_https(key);
    TEST_MESSAGE("used: " << used);
    TEST_ASSERT_GREATER_THAN(1'024, used);
    TEST_ASSERT_LESS_OR_EQUAL(posix::Config{}.stack_bytes / 4, used);
  }
}
#endif

}  // namespace
