// SPDX-License-Identifier: Apache-2.0
// The agent with an https:// URL, from start() to a collector in a process of its own.
#include <edgespan/agent.hpp>
#include <edgespan/tls_starter.hpp>

#include <string>

#include "https_collector.hpp"
#include "tests/support/test.hpp"

namespace {

using namespace edgespan;
using test::HttpsCollector;
using test::Key;
using test::Site;

mbedtls::Arena arena;
mbedtls::TlsStarter tls{arena};
Agent<> agent;

EDGESPAN_TEST(an_agent_delivers_over_https_and_starts_again, "tls") {
  const Site site(Key::p256);
  const std::string root = site.root.pem();
  tls.configure({.roots = mbedtls::pem(root)});
  for (std::uint32_t round = 1; round <= 2; ++round) {
    HttpsCollector collector(site.chain, "");
    const AgentStatus started =
        agent.start({.service_name = "gateway", .url = collector.url(), .tls = &tls.table()});
    TEST_ASSERT_EQUAL_STRING("ok", started.text());
    agent.tracing().span("work").finish();
    TEST_ASSERT_TRUE(agent.stop(20'000) == Status::ok);
    TEST_ASSERT_EQUAL_UINT64(1, agent.books().delivered);
    TEST_ASSERT_TRUE(collector.line().starts_with("TLSv1."));
    TEST_ASSERT_EQUAL_UINT32(round, tls.tls().counters().handshakes);
  }
}

EDGESPAN_TEST(what_is_wrong_with_certificates_is_said_at_start, "tls") {
  const Site site(Key::p256);
  const std::string root = site.root.pem();
  tls.configure({});
  AgentStatus started = agent.start({.url = "https://127.0.0.1", .tls = &tls.table()});
  TEST_ASSERT_EQUAL_STRING(
      "tls: the roots cannot be read, or there are none; give one or more certificates, PEM or DER",
      started.text());
  mbedtls::TlsStarter small{std::span{arena.bytes}.first(1'000)};
  small.configure({.roots = mbedtls::pem(root)});
  started = agent.start({.url = "https://127.0.0.1", .tls = &small.table()});
  TEST_ASSERT_EQUAL_STRING("tls: the arena is too small; give mbedtls::arena_bytes, or more for longer keys",
                           started.text());
}

}  // namespace
