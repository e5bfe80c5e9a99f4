// SPDX-License-Identifier: Apache-2.0
// What must not succeed, and what the operator is told.
#include "client.hpp"

#include <set>
#include <vector>

namespace {

using namespace edgespan::test;
using edgespan::mbedtls::Report;
using edgespan::mbedtls::Result;

struct Refusal {
  int error;
  int depth;
};

// Opens towards a server that shows `chain`, trusting `root` alone.
void check_refused(const Identity& root, std::vector<Identity> chain, Refusal expected,
                   std::int64_t wall_s = now_s) {
  TlsPeer peer({.chain = std::move(chain)});
  Client client(peer, {.roots = root.pem()});
  client.clock.wall_s = wall_s;
  for (int round = 0; round < 2; ++round) {
    TEST_ASSERT_EQUAL_INT(expected.error, client.open());
    const Report report = client.report();
    TEST_ASSERT_EQUAL_INT(expected.error, report.error);
    TEST_ASSERT_EQUAL_INT(expected.depth, report.depth);
    TEST_ASSERT_TRUE(report.flags != 0 && report.code != 0);
    TEST_ASSERT_TRUE(client.is_idle());
    TEST_ASSERT_FALSE(peer.shaken());
    TEST_ASSERT_TRUE(peer.heard.empty());
    TEST_ASSERT_EQUAL_INT(EDGESPAN_STREAM_FAILED, client.stream.send(client.stream.ctx, "span", 4));
  }
  TEST_ASSERT_EQUAL_UINT32(0, client.tls.counters().handshakes);
  TEST_ASSERT_EQUAL_UINT32(2, client.tls.counters().failures);
}

Wanted authority(const char* name, std::int64_t from_s = now_s - day_s,
                 std::int64_t until_s = now_s + day_s) {
  return {.name = name, .names = "", .from_s = from_s, .until_s = until_s, .authority = true, .usage = ""};
}

EDGESPAN_TEST(a_stranger_is_not_believed, "tls") {
  const Identity root = root_authority();
  const Identity other = root_authority(Key::p256, "other");
  const Identity namesake = root_authority();  // same name, another key
  check_refused(root, {issue({}, &other)}, {EDGESPAN_STREAM_UNKNOWN_ROOT, 0});
  check_refused(root, {issue({}, &other), other}, {EDGESPAN_STREAM_UNKNOWN_ROOT, 1});
  check_refused(root, {issue({}, &namesake)}, {EDGESPAN_STREAM_UNKNOWN_ROOT, 0});
  check_refused(root, {issue({}, nullptr)}, {EDGESPAN_STREAM_UNKNOWN_ROOT, 0});
  // Its other faults are not told: a stranger's dates and names say nothing.
  check_refused(root, {issue({.names = "DNS:x", .until_s = now_s - day_s}, &other)},
                {EDGESPAN_STREAM_UNKNOWN_ROOT, 0});
}

EDGESPAN_TEST(a_server_without_the_right_to_sign_signs_nothing, "tls") {
  const Identity root = root_authority();
  const Identity server = issue({.name = "some-server"}, &root);
  check_refused(root, {issue({}, &server), server}, {EDGESPAN_STREAM_UNKNOWN_ROOT, 0});
}

EDGESPAN_TEST(a_certificate_for_another_host_is_refused, "tls") {
  const Identity root = root_authority();
  for (const char* names : {"DNS:zipkin.example", "DNS:example", "DNS:*.collector.example", "DNS:*",
                            "IP:127.0.0.1", "DNS:collector.example.test", "email:collector@example.com"}) {
    check_refused(root, {issue({.names = names}, &root)}, {EDGESPAN_STREAM_WRONG_HOST, 0});
  }
  check_refused(root, {issue({.name = "zipkin.example", .names = ""}, &root)},
                {EDGESPAN_STREAM_WRONG_HOST, 0});
}

EDGESPAN_TEST(dates_are_checked_along_the_whole_chain, "tls") {
  const Identity root = root_authority();
  constexpr int expired = EDGESPAN_STREAM_EXPIRED;
  constexpr int future = EDGESPAN_STREAM_NOT_YET_VALID;
  check_refused(root, {issue({.until_s = now_s - 1}, &root)}, {expired, 0});
  check_refused(root, {issue({.from_s = now_s + 1}, &root)}, {future, 0});

  const Identity old = issue(authority("old", now_s - 9 * day_s, now_s - day_s), &root);
  check_refused(root, {issue({}, &old), old}, {expired, 1});
  const Identity young = issue(authority("young", now_s + day_s, now_s + 9 * day_s), &root);
  check_refused(root, {issue({}, &young), young}, {future, 1});

  const Identity ended = issue(authority("ended", now_s - 9 * day_s, now_s - day_s), nullptr);
  check_refused(ended, {issue({}, &ended)}, {expired, 1});
}

EDGESPAN_TEST(dates_hold_to_the_second_and_beyond_2038, "tls") {
  constexpr std::int64_t end_of_32_bits = 2'147'483'647;
  for (const std::int64_t end_s : {end_of_32_bits, end_of_32_bits + 1, std::int64_t{4'294'967'296}}) {
    const Identity root = issue(authority("root", now_s, end_s + 400 * day_s), nullptr);
    const std::vector<Identity> chain{issue({.until_s = end_s}, &root)};
    {
      TlsPeer peer({.chain = chain});
      Client client(peer, {.roots = root.pem()});
      client.clock.wall_s = end_s;
      TEST_ASSERT_EQUAL_INT(1, client.open());
    }
    check_refused(root, chain, {EDGESPAN_STREAM_EXPIRED, 0}, end_s + 1);
  }
}

// One certificate was valid, one is, one will be, and so it is with the date of the board.
EDGESPAN_TEST(three_certificates_at_three_dates_have_nine_results, "tls") {
  constexpr std::int64_t dates_s[] = {now_s - 100 * day_s, now_s, now_s + 100 * day_s};
  const Identity root = issue(authority("root", now_s - 200 * day_s, now_s + 200 * day_s), nullptr);
  for (const std::int64_t valid_s : dates_s) {
    const std::vector<Identity> chain{
        issue({.from_s = valid_s - 10 * day_s, .until_s = valid_s + 10 * day_s}, &root)};
    for (const std::int64_t board_s : dates_s) {
      TEST_CONTEXT("valid_s = " << valid_s << ", board_s = " << board_s);
      if (board_s != valid_s) {
        check_refused(root, chain,
                      {board_s > valid_s ? EDGESPAN_STREAM_EXPIRED : EDGESPAN_STREAM_NOT_YET_VALID, 0},
                      board_s);
        continue;
      }
      TlsPeer peer({.chain = chain});
      Client client(peer, {.roots = root.pem()});
      client.clock.wall_s = board_s;
      TEST_ASSERT_EQUAL_INT(1, client.open());
      TEST_ASSERT_EQUAL_INT(0, client.report().error);
      TEST_ASSERT_EQUAL_UINT32(1, client.tls.counters().handshakes);
      TEST_ASSERT_EQUAL_UINT32(0, client.tls.counters().failures);
    }
  }
}

EDGESPAN_TEST(a_certificate_for_clients_serves_no_server, "tls") {
  const Identity root = root_authority();
  check_refused(root, {issue({.usage = "clientAuth"}, &root)}, {EDGESPAN_STREAM_BAD_CERTIFICATE, 0});
}

EDGESPAN_TEST(an_unset_clock_waits_and_sends_nothing, "tls") {
  const Identity root = root_authority();
  TlsPeer peer({.chain = {issue({}, &root)}});
  Client client(peer, {.roots = root.pem()});
  client.clock.wall_s = 0;
  for (int round = 0; round < 3; ++round) {
    TEST_ASSERT_EQUAL_INT(0, client.open());
    TEST_ASSERT_EQUAL_INT(EDGESPAN_STREAM_NO_CLOCK, client.report().error);
    TEST_ASSERT_EQUAL_INT(0, peer.opens);
    if (round == 1) client.close();  // the caller's deadline
  }
  client.clock.wall_s = now_s;
  TEST_ASSERT_EQUAL_INT(1, client.open());
  TEST_ASSERT_EQUAL_INT(0, client.report().error);
}

EDGESPAN_TEST(a_clock_that_is_lost_during_the_handshake_ends_it, "tls") {
  const Identity root = root_authority();
  TlsPeer peer({.chain = {issue({}, &root)}});
  Client client(peer, {.roots = root.pem()});
  peer.wire.cut_at = 5;
  peer.wire.end = 0;  // the rest is on its way
  TEST_ASSERT_EQUAL_INT(0, client.open());
  client.clock.wall_s = 0;
  peer.wire.cut_at = SIZE_MAX;
  TEST_ASSERT_EQUAL_INT(EDGESPAN_STREAM_NOT_YET_VALID, client.open());
}

EDGESPAN_TEST(without_entropy_there_is_no_handshake, "tls") {
  const Identity root = root_authority();
  TlsPeer peer({.chain = {issue({}, &root)}});
  Client client(peer, {.roots = root.pem()});
  client.clock.has_entropy = false;
  TEST_ASSERT_EQUAL_INT(0, client.open());
  TEST_ASSERT_EQUAL_INT(EDGESPAN_STREAM_NO_ENTROPY, client.report().error);
  TEST_ASSERT_EQUAL_INT(0, peer.opens);
  client.clock.has_entropy = true;
  TEST_ASSERT_EQUAL_INT(1, client.open());
  client.close();

  peer.wire.cut_at = 5;
  peer.wire.end = 0;
  client.open("127.0.0.1");
  client.clock.has_entropy = false;
  peer.wire.cut_at = SIZE_MAX;
  TEST_ASSERT_EQUAL_INT(EDGESPAN_STREAM_NO_ENTROPY, client.open("127.0.0.1"));
  TEST_ASSERT_TRUE(client.is_idle());
}

EDGESPAN_TEST(what_is_older_than_1_2_is_refused, "tls") {
  const Identity root = root_authority(Key::rsa2048);
  for (const int version : {TLS1_VERSION, TLS1_1_VERSION}) {
    TlsPeer peer(
        {.chain = {issue({.key = Key::rsa2048}, &root)}, .version_min = version, .version_max = version});
    Client client(peer, {.roots = root.pem()});
    TEST_ASSERT_EQUAL_INT(EDGESPAN_STREAM_TLS, client.open());
    TEST_ASSERT_EQUAL_INT(40, client.report().alert);  // no suite in common: those offered begin with 1.2
    TEST_ASSERT_TRUE(client.is_idle());
    TEST_ASSERT_TRUE(peer.heard.empty());
  }
}

// A server that answers with an older version in spite of the suite that it chooses.
EDGESPAN_TEST(an_answer_in_an_older_version_is_refused, "tls") {
  const Identity root = root_authority();
  const Server server{.chain = {issue({}, &root)}, .version_max = TLS1_2_VERSION};
  std::string said;
  {
    TlsPeer peer(server);
    Client client(peer, {.roots = root.pem()});
    TEST_ASSERT_EQUAL_INT(1, client.open());
    said = peer.given;
  }
  constexpr std::size_t version_at = 5 + 4;  // in ServerHello, behind the heads of record and message
  TEST_ASSERT_EQUAL_STRING("\x03\x03", said.substr(version_at, 2));
  for (const char minor : {'\x03', '\x02', '\x01', '\x00'}) {
    said[version_at + 1] = minor;
    Replay peer(said);
    Client client(peer, {.roots = root.pem()});
    client.clock.random.seed(1);
    TEST_ASSERT_EQUAL_INT(minor == '\x03' ? 1 : EDGESPAN_STREAM_TLS, client.open());
    if (minor == '\x03') continue;
    TEST_ASSERT_TRUE(peer.taken.ends_with("\x02\x46"));  // protocol_version, fatal
    TEST_ASSERT_TRUE(client.is_idle());
  }
}

// What a ClientHello offers, in the order of its list.
std::vector<unsigned> suites_in(const std::string& hello) {
  const auto byte = [&](std::size_t at) {
    return static_cast<unsigned>(static_cast<unsigned char>(hello.at(at)));
  };
  const std::size_t session = 5 + 4 + 2 + 32;  // behind record, message, version and random
  std::size_t at = session + 1 + byte(session);
  std::vector<unsigned> suites;
  for (const std::size_t end = at + 2 + byte(at) * 256 + byte(at + 1); (at += 2) < end;) {
    suites.push_back(byte(at) * 256 + byte(at + 1));
  }
  return suites;
}

EDGESPAN_TEST(what_is_offered_has_forward_secrecy_and_authenticated_encryption, "tls") {
  const Identity root = root_authority();
  TlsPeer peer({.chain = {issue({}, &root)}});
  Client client(peer, {.roots = root.pem()});
  TEST_ASSERT_EQUAL_INT(1, client.open());
  const std::vector<unsigned> offered = suites_in(peer.taken);
  // ECDHE with ECDSA or RSA, in AES-GCM and ChaCha20; those of TLS 1.3; "no renegotiation", which is no
  // suite.
  const std::set<unsigned> good{0xC02B, 0xC02C, 0xC02F, 0xC030, 0xCCA8,
                                0xCCA9, 0x1301, 0x1302, 0x1303, 0x00FF};
  for (const unsigned suite : offered) {
    TEST_CONTEXT("suite = " << suite);
    TEST_ASSERT_EQUAL(1, good.count(suite));
  }
  TEST_ASSERT_GREATER_OR_EQUAL(6, offered.size());
}

EDGESPAN_TEST(weak_ciphers_are_not_offered, "tls") {
  const Identity root = root_authority(Key::rsa2048);
  for (const char* ciphers :
       {"AES128-GCM-SHA256", "ECDHE-RSA-AES128-SHA", "DHE-RSA-AES128-GCM-SHA256", "AES256-SHA"}) {
    TlsPeer peer(
        {.chain = {issue({.key = Key::rsa2048}, &root)}, .version_max = TLS1_2_VERSION, .ciphers = ciphers});
    Client client(peer, {.roots = root.pem()});
    TEST_ASSERT_EQUAL_INT(EDGESPAN_STREAM_TLS, client.open());
    TEST_ASSERT_EQUAL_INT(40, client.report().alert);  // handshake_failure
  }
}

EDGESPAN_TEST(a_server_that_wants_a_client_certificate_says_so, "tls") {
  const Identity root = root_authority();
  TlsPeer peer({.chain = {issue({}, &root)}, .client_roots = root.pem(), .version_max = TLS1_2_VERSION});
  Client client(peer, {.roots = root.pem()});
  TEST_ASSERT_EQUAL_INT(EDGESPAN_STREAM_TLS, client.open());
  TEST_ASSERT_EQUAL_INT(40, client.report().alert);
  TEST_ASSERT_TRUE(client.is_idle());

  const Identity stranger = issue({.name = "x", .usage = "clientAuth"}, nullptr);
  client.tls.stop();
  Client known(peer, {.roots = root.pem(), .certificate = stranger.pem(), .key = stranger.key_pem()},
               edgespan::mbedtls::arena_bytes + 4096);
  TEST_ASSERT_EQUAL_INT(EDGESPAN_STREAM_TLS, known.open());
  TEST_ASSERT_TRUE(known.report().alert > 0);
}

#if EDGESPAN_TLS13
EDGESPAN_TEST(a_server_of_1_3_says_behind_the_handshake_that_it_wants_a_client_certificate, "tls") {
  const Identity root = root_authority();
  TlsPeer peer({.chain = {issue({}, &root)}, .client_roots = root.pem()});
  Client client(peer, {.roots = root.pem()});
  TEST_ASSERT_EQUAL_INT(1, client.open());
  client.recv();
  TEST_ASSERT_EQUAL_INT(EDGESPAN_STREAM_TLS, client.last);
  TEST_ASSERT_EQUAL_INT(116, client.report().alert);  // certificate_required
  TEST_ASSERT_TRUE(client.is_idle());
}
#endif

EDGESPAN_TEST(the_inner_streams_reasons_come_through, "tls") {
  const Identity root = root_authority();
  TlsPeer peer({.chain = {issue({}, &root)}});
  Client client(peer, {.roots = root.pem()});
  for (const int error : {EDGESPAN_STREAM_REFUSED, EDGESPAN_STREAM_NO_HOST, EDGESPAN_STREAM_UNREACHABLE}) {
    peer.wire.open_result = error;
    TEST_ASSERT_EQUAL_INT(error, client.open());
    TEST_ASSERT_EQUAL_INT(error, client.report().error);
    TEST_ASSERT_EQUAL_INT(0, client.report().code);
  }
}

// A server that has refused the client takes no more bytes: what it said must be heard all the same, and
// soon.
EDGESPAN_TEST(a_refusal_is_heard_although_the_client_cannot_send_on, "tls") {
  Replay refusing{std::string("\x15\x03\x03\x00\x02\x02\x28", 7)};
  refusing.wire.send_bytes = 0;
  Client client(refusing, {.roots = root_authority().pem()});
  TEST_ASSERT_EQUAL_INT(EDGESPAN_STREAM_TLS, client.open());
  TEST_ASSERT_EQUAL_INT(40, client.report().alert);
  TEST_ASSERT_TRUE(client.is_idle());
}

}  // namespace
