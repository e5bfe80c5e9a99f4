// SPDX-License-Identifier: Apache-2.0
// One handshake is recorded; then it is spoilt at every byte. Never may a stream be open that is not one,
// stay anything behind, or the next handshake suffer.
#include <algorithm>

#include "client.hpp"

namespace {

using namespace edgespan::test;

struct Recorded {
  Identity root = root_authority();
  Server server{.chain = {issue({}, &root)}};
  std::string said;  // by the server, in a handshake with a client of the same seed

  Recorded() {
    TlsPeer peer(server);
    Client client(peer, {.roots = root.pem()});
    TEST_ASSERT_EQUAL_INT(1, client.open());
    said = peer.given;
  }
};

// A client that does what the recorded one did. `port`: one for which it has kept no session, or it would say
// something else.
int open_again(Client& client, std::uint16_t port = 443) {
  client.clock.random.seed(1);
  return client.open(host, port);
}

void fail_at(std::size_t at, const char* what) {
  TEST_FAIL_MESSAGE(std::string(what) + ", byte " + std::to_string(at));
}

// The starts of the records in `bytes`.
std::vector<std::size_t> records(const std::string& bytes) {
  std::vector<std::size_t> starts;
  for (std::size_t at = 0; at + 5 <= bytes.size();) {
    starts.push_back(at);
    const auto high = static_cast<unsigned char>(bytes[at + 3]);
    at += 5u + high * 256u + static_cast<unsigned char>(bytes[at + 4]);
  }
  return starts;
}

// How many of the records in a handshake's `starts` are not encrypted. TLS 1.2: all but Finished; 1.3:
// ServerHello, and a ChangeCipherSpec that means nothing.
std::ptrdiff_t plain(const std::vector<std::size_t>& starts) {
  return EDGESPAN_TLS13 ? 2 : static_cast<std::ptrdiff_t>(starts.size()) - 1;
}

EDGESPAN_TEST(the_recorded_handshake_works_as_it_was, "tls") {
  const Recorded recorded;
  Replay peer(recorded.said);
  Client client(peer, {.roots = recorded.root.pem()});
  TEST_ASSERT_EQUAL_INT(1, open_again(client));
}

EDGESPAN_TEST(a_connection_that_ends_at_any_byte_of_the_handshake_is_an_error, "tls") {
  const Recorded recorded;
  Replay peer(recorded.said);
  Client client(peer, {.roots = recorded.root.pem()});
  for (std::size_t at = 0; at < recorded.said.size(); ++at) {
    peer.wire.end = at % 2 == 0 ? EDGESPAN_STREAM_CLOSED : EDGESPAN_STREAM_RESET;
    peer.wire.cut_at = at;
    if (open_again(client) != peer.wire.end) fail_at(at, "another result than the end of the connection");
    if (!client.is_idle()) fail_at(at, "something was left behind");
  }
}

EDGESPAN_TEST(a_handshake_that_stalls_at_any_byte_is_never_open, "tls") {
  const Recorded recorded;
  Replay peer(recorded.said);
  Client client(peer, {.roots = recorded.root.pem()});
  peer.wire.end = 0;
  for (std::size_t at = 0; at < recorded.said.size(); at += 7) {
    peer.wire.cut_at = at;
    if (open_again(client) != 0) fail_at(at, "an answer without the bytes for it");
    client.close();
    if (!client.is_idle()) fail_at(at, "something was left behind");
  }
}

EDGESPAN_TEST(a_byte_that_was_changed_anywhere_in_the_handshake_is_noticed, "tls") {
  const Recorded recorded;
  Replay peer(recorded.said);
  Client client(peer, {.roots = recorded.root.pem()});
  const auto starts = records(recorded.said);
  const auto states_version = [&](std::size_t at) {  // of a record that is not encrypted: it protects nothing
    return std::any_of(starts.begin(), starts.begin() + plain(starts),
                       [&](std::size_t start) { return at == start + 1 || at == start + 2; });
  };
  std::uint16_t port = 1'000;
  for (std::size_t at = 0; at < recorded.said.size(); ++at) {
    peer.wire.flip_at = at;
    if (open_again(client, ++port) > 0 && !states_version(at)) fail_at(at, "open in spite of a changed byte");
    client.close();
    if (!client.is_idle()) fail_at(at, "something was left behind");
    if (at % 32 != 0) continue;
    peer.wire.flip_at = SIZE_MAX;  // it was that byte, and nothing else
    if (open_again(client, ++port) != 1) fail_at(at, "not open without a changed byte");
    client.close();
  }
}

EDGESPAN_TEST(an_alert_before_any_record_ends_the_handshake, "tls") {
  const Recorded recorded;
  const std::string alert("\x15\x03\x03\x00\x02\x02\x28", 7);
  std::size_t told = 0;
  const auto starts = records(recorded.said);
  for (const std::size_t at : starts) {
    std::string said = recorded.said;
    Replay peer(said.insert(at, alert));
    Client client(peer, {.roots = recorded.root.pem()});
    TEST_ASSERT_EQUAL_INT(EDGESPAN_STREAM_TLS, open_again(client));
    if (client.report().alert == 40) ++told;
    TEST_ASSERT_TRUE(client.is_idle());
  }
  TEST_ASSERT_TRUE(starts.size() >= 3);
  // Where encryption has begun an alert has to be encrypted, too: with TLS 1.3, behind ServerHello.
  TEST_ASSERT_EQUAL_UINT64(EDGESPAN_TLS13 ? 1 : starts.size() - 1, told);
}

EDGESPAN_TEST(a_peer_that_never_stops_talking_is_left, "tls") {
  const Recorded recorded;
  std::string said;
  while (said.size() < 200'000)
    said += std::string("\x15\x03\x03\x00\x02\x01\x5a", 7);  // user_canceled, a warning
  Replay peer(said);
  Client client(peer, {.roots = recorded.root.pem()});
  TEST_ASSERT_EQUAL_INT(EDGESPAN_STREAM_TLS, open_again(client));
  TEST_ASSERT_LESS_OR_EQUAL_UINT64(70'000, peer.given.size());
}

EDGESPAN_TEST(a_record_that_is_cut_or_changed_at_any_byte_gives_nothing, "tls") {
  const Recorded recorded;
  TlsPeer peer(recorded.server);
  Client client(peer, {.roots = recorded.root.pem()});
  const std::string text = "HTTP/1.1 202 Accepted\r\n\r\n";
  std::size_t record_bytes = 0;
  for (std::size_t at = 0; at == 0 || at < record_bytes; ++at) {
    for (const bool cut : {true, false}) {
      peer.wire = {};
      TEST_ASSERT_EQUAL_INT(1, client.open());
      client.take_tickets();
      const std::size_t before = peer.given.size();
      (cut ? peer.wire.cut_at : peer.wire.flip_at) = before + at;
      peer.say(text);
      const std::string got = client.recv();
      if (!got.empty()) fail_at(at, "text from a record that is not whole");
      if (cut && client.last != EDGESPAN_STREAM_RESET) fail_at(at, "no word of the cut");
      // A changed length may say that more is to come; every other change is an error at once.
      const bool says_length = at == 3 || at == 4;
      if (!cut && !says_length && client.last != EDGESPAN_STREAM_TLS) fail_at(at, "no word of the change");
      client.close();
      if (!client.is_idle()) fail_at(at, "something was left behind");
    }
    if (at == 0) {
      peer.wire = {};
      TEST_ASSERT_EQUAL_INT(1, client.open());
      client.take_tickets();
      const std::size_t before = peer.given.size();
      peer.say(text);
      TEST_ASSERT_EQUAL_STRING(text, client.recv());
      record_bytes = peer.given.size() - before;
      client.close();
    }
  }
  TEST_ASSERT_TRUE(record_bytes > text.size());
}

}  // namespace
