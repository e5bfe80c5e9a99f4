// SPDX-License-Identifier: Apache-2.0
// What succeeds, with OpenSSL as the server.
#include <fstream>
#include <iterator>
#include <utility>

#include "client.hpp"

namespace {

using namespace edgespan::test;
using edgespan::mbedtls::Result;

struct Site {
  Identity root;
  Identity between;
  Server server;

  explicit Site(Key key = Key::p256)
      : root(root_authority(key)),
        between(issue({.key = key, .name = "between", .names = "", .authority = true, .usage = ""}, &root)),
        server{.chain = {issue({.key = key}, &between), between}} {}
  Trust trust() const { return {.roots = root.pem()}; }
};

void check_conversation(Client& client, TlsPeer& peer) {
  const std::string request(20'000, 'q');
  TEST_ASSERT_TRUE(client.send(request));
  TEST_ASSERT_TRUE(peer.heard == request);
  const std::string reply(9'000, 'r');
  peer.say(reply);
  std::string got;
  while (got.size() < reply.size() && client.last > 0) got += client.recv();
  TEST_ASSERT_TRUE(got == reply);
  TEST_ASSERT_TRUE(client.recv().empty() && client.last == 0);
}

void check_der_roots(const Site& site, const std::string& roots) {
  TlsPeer peer(site.server);
  FixedClock clock;
  static edgespan::mbedtls::Arena arena;
  edgespan::mbedtls::Tls tls;
  const edgespan::mbedtls::Config config{.roots = std::as_bytes(std::span(roots))};
  TEST_ASSERT_TRUE(tls.init(arena, peer.table, clock.table, config) == Result::ok);
  int opened = 0;
  for (int calls = 0; opened == 0 && calls < 10; ++calls)
    opened = tls.stream().open(tls.stream().ctx, host, 443);
  TEST_ASSERT_EQUAL_INT(1, opened);
}

void check_success(const Site& site) {
  TlsPeer peer(site.server);
  Client client(peer, site.trust());
  TEST_ASSERT_TRUE(client.started == Result::ok);
  TEST_ASSERT_EQUAL_INT(1, client.open());
  TEST_ASSERT_TRUE(peer.shaken());
  TEST_ASSERT_EQUAL_STRING(EDGESPAN_TLS13 ? "TLSv1.3" : "TLSv1.2", peer.version());
  TEST_ASSERT_EQUAL_STRING("http/1.1", peer.alpn());
  TEST_ASSERT_EQUAL_STRING(host, peer.server_name());
  TEST_ASSERT_EQUAL_INT(0, client.report().error);
  check_conversation(client, peer);
  client.close();
  TEST_ASSERT_TRUE(peer.heard_close());
  TEST_ASSERT_TRUE(client.is_idle());
  TEST_ASSERT_EQUAL_UINT32(1, client.tls.counters().handshakes);
}

EDGESPAN_TEST(chains_of_each_kind_of_key_are_verified, "tls") {
  for (const Key key : {Key::p256, Key::p384, Key::rsa2048}) check_success(Site(key));
}

EDGESPAN_TEST(every_cipher_suite_carries_data, "tls") {
  for (const Key key : {Key::p256, Key::rsa2048}) {
    Site site(key);
    site.server.version_max = TLS1_2_VERSION;  // of which they are
    const std::string by = key == Key::p256 ? "ECDHE-ECDSA-" : "ECDHE-RSA-";
    for (const char* cipher : {"CHACHA20-POLY1305", "AES128-GCM-SHA256", "AES256-GCM-SHA384"}) {
      site.server.ciphers = by + cipher;
      TlsPeer peer(site.server);
      Client client(peer, site.trust());
      TEST_ASSERT_EQUAL_INT(1, client.open());
      TEST_ASSERT_EQUAL_STRING(site.server.ciphers, peer.cipher());
      check_conversation(client, peer);
    }
  }
}

EDGESPAN_TEST(bytes_may_come_in_pieces_of_any_size, "tls") {
  const Site site;
  for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, std::size_t{1000}}) {
    TlsPeer peer(site.server);
    peer.wire = {.recv_bytes = piece, .send_bytes = piece, .gaps = true, .open_waits = 3};
    Client client(peer, site.trust());
    TEST_ASSERT_EQUAL_INT(1, client.open());
    check_conversation(client, peer);
  }
}

EDGESPAN_TEST(a_numeric_host_is_checked_against_the_addresses, "tls") {
  const Site site;
  TlsPeer peer(site.server);
  Client client(peer, site.trust());
  TEST_ASSERT_EQUAL_INT(1, client.open("127.0.0.1"));
  client.close();
  TEST_ASSERT_EQUAL_INT(EDGESPAN_STREAM_WRONG_HOST, client.open("127.0.0.2"));
}

// A name that looks like an address is none: an authority checks it as a name, if at all.
EDGESPAN_TEST(an_address_is_taken_from_the_alternative_names_and_as_an_address_alone, "tls") {
  struct Case {
    const char* name;
    const char* names;
    const char* host;
    bool good;
  };
  constexpr Case cases[] = {
      {"127.0.0.1", "", "127.0.0.1", false},
      {"127.0.0.1", "DNS:127.0.0.1", "127.0.0.1", false},
      {"x", "DNS:127.0.0.1,IP:127.0.0.2", "127.0.0.1", false},
      {"x", "DNS:*.0.0.1", "127.0.0.1", false},
      {"x", "DNS:x,IP:10.0.0.1,IP:127.0.0.1", "127.0.0.1", true},
      {"::1", "", "::1", false},
      {"x", "IP:::1", "::1", true},
      {"x", "IP:::1", "0:0:0:0:0:0:0:1", true},
      {"x", "IP:2001:db8::1", "::1", false},
      {"x", "IP:0.0.0.1", "::1", false},
      {"127.0.0.1", "", "collector.example", false},
      {"collector.example", "", "collector.example", true},  // a name may still stand alone
  };
  const Identity root = root_authority();
  for (const Case& c : cases) {
    TEST_CONTEXT(c.name << " " << c.names << " for " << c.host);
    TlsPeer peer({.chain = {issue({.name = c.name, .names = c.names}, &root)}});
    Client client(peer, {.roots = root.pem()});
    TEST_ASSERT_EQUAL_INT(c.good ? 1 : EDGESPAN_STREAM_WRONG_HOST, client.open(c.host));
  }
}

// As a system's own bundle holds them.
EDGESPAN_TEST(roots_of_an_unknown_kind_are_skipped_and_counted, "tls") {
  const Site site;
  const Identity old =
      issue({.name = "old", .names = "", .authority = true, .usage = "", .sha1 = true}, nullptr);
  TlsPeer peer(site.server);
  for (const std::string& roots :
       {old.pem() + site.root.pem(), site.root.pem() + old.pem() + "no certificate",
        "# text\n" + old.pem() + "# more text\n" + site.root.pem()}) {
    Client client(peer, {.roots = roots});
    TEST_ASSERT_TRUE(client.started == Result::ok);
    TEST_ASSERT_EQUAL_UINT32(1, client.tls.counters().roots_skipped);
    TEST_ASSERT_EQUAL_INT(1, client.open());
  }
  check_der_roots(site, old.der() + site.root.der() + old.der());
  TEST_ASSERT_TRUE(Client(peer, {.roots = old.pem()}).started == Result::bad_roots);
  Client sound(peer, site.trust());
  TEST_ASSERT_EQUAL_UINT32(0, sound.tls.counters().roots_skipped);
}

// This machine's own, if it has one.
EDGESPAN_TEST(the_trust_store_of_a_system_is_a_file_of_roots, "tls") {
  std::ifstream file("/etc/ssl/certs/ca-certificates.crt");
  const std::string store{std::istreambuf_iterator<char>{file}, {}};
  if (store.empty()) return;
  const Site site;
  TlsPeer peer(site.server);
  Client client(peer, {.roots = store + site.root.pem()}, edgespan::mbedtls::arena_bytes + 2 * store.size());
  TEST_ASSERT_TRUE(client.started == Result::ok);
  TEST_ASSERT_EQUAL_INT(1, client.open());
}

EDGESPAN_TEST(roots_may_be_several_and_in_either_encoding, "tls") {
  const Site site;
  const Identity other = root_authority(Key::rsa2048, "other");
  TlsPeer peer(site.server);
  for (const std::string& roots : {site.root.pem() + other.pem(), other.pem() + site.root.pem()}) {
    Client client(peer, {.roots = roots}, edgespan::mbedtls::arena_bytes + 2048);
    TEST_ASSERT_EQUAL_INT(1, client.open());
  }
  check_der_roots(site, other.der() + site.root.der());
}

EDGESPAN_TEST(roots_in_der_may_end_with_a_zero, "tls") {
  Site site;
  while (site.root.der().back() != '\0') site = Site();  // its last byte is its signature's: one in 256
  check_der_roots(site, root_authority(Key::rsa2048, "other").der() + site.root.der());
}

EDGESPAN_TEST(a_client_certificate_is_shown_when_it_is_asked_for, "tls") {
  for (const Key key : {Key::p256, Key::rsa2048}) {
    Site site(key);
    site.server.client_roots = site.root.pem();
    const Identity own =
        issue({.key = key, .name = "gateway-7", .names = "", .usage = "clientAuth"}, &site.root);
    TlsPeer peer(site.server);
    Client client(peer, {.roots = site.root.pem(), .certificate = own.pem(), .key = own.key_pem()},
                  edgespan::mbedtls::arena_bytes + 16'384);
    TEST_ASSERT_TRUE(client.started == Result::ok);
    TEST_ASSERT_EQUAL_INT(1, client.open());
    TEST_ASSERT_EQUAL_STRING("gateway-7", peer.client_name());
    check_conversation(client, peer);
  }
}

EDGESPAN_TEST(a_second_handshake_resumes_the_first, "tls") {
  const Site site(Key::rsa2048);
  TlsPeer peer(site.server);
  Client client(peer, site.trust());
  std::size_t full_bytes = 0;
  for (std::uint32_t round = 0; round < 4; ++round) {
    TEST_ASSERT_EQUAL_INT(1, client.open());
    if (round == 0) full_bytes = peer.given.size();
    TEST_ASSERT_TRUE(peer.resumed() == (round > 0));
    TEST_ASSERT_EQUAL_UINT32(round, client.tls.counters().resumed);
    check_conversation(client, peer);
    client.close();
    TEST_ASSERT_TRUE(client.is_idle());
  }
  TEST_ASSERT_EQUAL_INT(1, client.open());
  TEST_ASSERT_LESS_OR_EQUAL_UINT64(full_bytes / 3, peer.given.size());
}

EDGESPAN_TEST(a_session_is_kept_for_its_server_alone, "tls") {
  const Site site;
  TlsPeer peer(site.server);
  Client client(peer, site.trust());
  TEST_ASSERT_EQUAL_INT(1, client.open());
  client.take_tickets();
  client.close();
  TEST_ASSERT_EQUAL_INT(1, client.open("127.0.0.1"));
  client.take_tickets();
  client.close();
  TEST_ASSERT_EQUAL_INT(1, client.open("127.0.0.1", 9411));
  client.take_tickets();
  client.close();
  TEST_ASSERT_EQUAL_UINT32(0, client.tls.counters().resumed);
  TEST_ASSERT_EQUAL_INT(1, client.open("127.0.0.1", 9411));
  TEST_ASSERT_EQUAL_UINT32(1, client.tls.counters().resumed);
}

EDGESPAN_TEST(a_session_outlives_no_date_of_its_chain, "tls") {
  const Site site;
  for (const std::int64_t days : {-31, 301}) {
    TlsPeer peer(site.server);
    Client client(peer, site.trust());
    TEST_ASSERT_EQUAL_INT(1, client.open());
    client.take_tickets();
    client.close();
    client.clock.wall_s = now_s + days * day_s;
    const int error = days < 0 ? EDGESPAN_STREAM_NOT_YET_VALID : EDGESPAN_STREAM_EXPIRED;
    TEST_ASSERT_EQUAL_INT(error, client.open());
    client.clock.wall_s = now_s;
    TEST_ASSERT_EQUAL_INT(1, client.open());
    TEST_ASSERT_EQUAL_UINT32(0, client.tls.counters().resumed);
  }
}

EDGESPAN_TEST(an_announced_end_differs_from_a_cut, "tls") {
  const Site site;
  TlsPeer peer(site.server);
  Client client(peer, site.trust());
  TEST_ASSERT_EQUAL_INT(1, client.open());
  peer.say("the last words");
  peer.close_notify();
  TEST_ASSERT_EQUAL_STRING("the last words", client.recv());
  client.recv();
  TEST_ASSERT_EQUAL_INT(EDGESPAN_STREAM_CLOSED, client.last);
  TEST_ASSERT_TRUE(client.is_idle());
  TEST_ASSERT_EQUAL_INT(0, client.report().error);

  TEST_ASSERT_EQUAL_INT(1, client.open());
  peer.wire.cut_at = peer.given.size();
  client.recv();
  TEST_ASSERT_EQUAL_INT(EDGESPAN_STREAM_RESET, client.last);
  TEST_ASSERT_TRUE(client.is_idle());
  TEST_ASSERT_EQUAL_INT(EDGESPAN_STREAM_FAILED, client.stream.send(client.stream.ctx, "x", 1));
}

EDGESPAN_TEST(one_tls_stream_a_process, "tls") {
  const Site site;
  TlsPeer peer(site.server);
  {
    Client first(peer, site.trust());
    TEST_ASSERT_TRUE(first.started == Result::ok);
    TEST_ASSERT_TRUE(Client(peer, site.trust()).started == Result::in_use);
    TEST_ASSERT_EQUAL_INT(1, first.open());
    first.tls.stop();
    TEST_ASSERT_FALSE(peer.is_open);
    TEST_ASSERT_EQUAL_UINT32(0, first.tls.counters().arena_blocks);
    TEST_ASSERT_EQUAL_INT(EDGESPAN_STREAM_FAILED, first.open());
  }
  Client second(peer, site.trust());
  TEST_ASSERT_EQUAL_INT(1, second.open());
}

EDGESPAN_TEST(what_cannot_work_is_refused_at_init, "tls") {
  const Site site;
  const Identity own = issue({.name = "gateway", .usage = "clientAuth"}, &site.root);
  const std::string roots = site.root.pem();
  TlsPeer peer(site.server);
  const auto started = [&](const Trust& trust) { return Client(peer, trust).started; };
  TEST_ASSERT_TRUE(started({"", "", ""}) == Result::bad_roots);
  TEST_ASSERT_TRUE(started({"no certificate", "", ""}) == Result::bad_roots);
  TEST_ASSERT_TRUE(started({roots.substr(0, roots.size() / 2), "", ""}) == Result::bad_roots);
  TEST_ASSERT_TRUE(started({roots, "no certificate", own.key_pem()}) == Result::bad_certificate);
  TEST_ASSERT_TRUE(started({roots, "", own.key_pem()}) == Result::bad_certificate);
  TEST_ASSERT_TRUE(started({roots, own.pem(), ""}) == Result::bad_key);
  TEST_ASSERT_TRUE(started({roots, own.pem(), "no key"}) == Result::bad_key);
  TEST_ASSERT_TRUE(started({roots, own.pem(), site.root.key_pem()}) == Result::bad_key);
  TEST_ASSERT_TRUE(Client(peer, site.trust(), 1000).started == Result::no_memory);
  TEST_ASSERT_TRUE(Client(peer, site.trust(), 0).started == Result::no_memory);

  edgespan::mbedtls::Tls tls;
  static edgespan::mbedtls::Arena arena;
  FixedClock clock;
  edgespan_stream gap = peer.table;
  gap.recv = nullptr;
  const edgespan::mbedtls::Config config{.roots = edgespan::mbedtls::pem(roots)};
  TEST_ASSERT_TRUE(tls.init(arena, gap, clock.table, config) == Result::bad_table);
}

}  // namespace
