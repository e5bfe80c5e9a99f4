// SPDX-License-Identifier: Apache-2.0
// What the reporter's thread takes of its stack over HTTPS: a handshake's public-key arithmetic is the deepest of it.
#include <edgespan/http_sender.hpp>
#include <edgespan/limits.hpp>
#include <edgespan/mbedtls.hpp>
#include <edgespan/posix.hpp>
#include <edgespan/reporter.hpp>
#include <edgespan/tracing.hpp>

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

#if EDGESPAN_STACK_CAN_BE_PAINTED
// A full handshake with a certificate of the gateway's own, and a batch.
std::size_t used_over_https(Key key) {
  const Site site(key);
  const Identity own = site.made({.key = key, .name = "gateway-7", .names = "", .usage = "clientAuth"}, &site.root);
  const HttpsCollector collector(site.chain, site.root.pem());
  const std::string root_pem = site.root.pem();
  const std::string own_pem = own.pem();
  const std::string key_pem = own.key_pem();
  const mbedtls::Config config{
      .roots = mbedtls::pem(root_pem), .certificate = mbedtls::pem(own_pem), .key = mbedtls::pem(key_pem)};
  std::vector<std::byte> arena(mbedtls::arena_bytes + 8'192);
  static Memory<> memory;
  posix::Port port;
  mbedtls::Tls tls;
  Tracing tracing;
  HttpSender http;
  Reporter reporter;
  REQUIRE(port.init());
  test::PaintedWorker painted{port.worker()};
  const edgespan_worker worker = painted.table();
  REQUIRE(tls.init(arena, port.stream(), port.clock(), config) == mbedtls::Result::ok);
  REQUIRE(tracing.init(memory, {.local = {.service_name = "stack"}}, port.clock()) == Status::ok);
  REQUIRE(http.init(tls.stream(), collector.url()) == Status::ok);
  REQUIRE(reporter.init(tracing, http.sender()) == Status::ok);
  REQUIRE(reporter.start(worker) == Status::ok);
  for (int i = 0; i < 200; ++i) tracing.span("one").tag("k", "v").finish();
  REQUIRE(reporter.stop(60'000) == Status::ok);
  REQUIRE(tracing.books().delivered == 200);
  REQUIRE(tls.counters().handshakes == 1);
  return painted.used();
}

EDGESPAN_TEST(the_reporters_thread_has_several_times_the_stack_that_https_takes, "tls") {
  for (const Key key : {Key::p256, Key::rsa2048}) {
    const std::size_t used = used_over_https(key);
    TEST_MESSAGE("used: " << used);
    REQUIRE(used > 1'024);
    REQUIRE(used <= posix::Config{}.stack_bytes / 4);
  }
}
#endif

}  // namespace
