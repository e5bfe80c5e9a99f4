// SPDX-License-Identifier: Apache-2.0
// The arena: how much of it a connection needs, and every way to be too small.
#include <sys/wait.h>
#include <unistd.h>

#include "allocations.hpp"
#include "client.hpp"

namespace {

using namespace edgespan::test;
using edgespan::mbedtls::arena_bytes;
using edgespan::mbedtls::Result;

struct Site {
  Identity root;
  Server server;

  explicit Site(Key key) : root(root_authority(key)) {
    const Identity between =
        issue({.key = key, .name = "between", .names = "", .authority = true, .usage = ""}, &root);
    server.chain = {issue({.key = key}, &between), between};
  }
};

void connect_thrice(Client& client, TlsPeer& peer) {
  for (int round = 0; round < 3; ++round) {
    TEST_ASSERT_EQUAL_INT(1, client.open());
    TEST_ASSERT_TRUE(client.send(std::string(20'000, 'q')));
    const std::string reply(16'000, 'r');  // in one record; with TLS 1.3, tickets come before it
    peer.say(reply);
    std::string got;
    while (got.size() < reply.size() && client.last > 0) got += client.recv();
    TEST_ASSERT_TRUE(got == reply);
    client.close();
  }
}

EDGESPAN_TEST(the_default_arena_is_enough_for_each_chain_and_its_high_water_mark_is_honest, "tls") {
  for (const Key key : {Key::p256, Key::rsa2048}) {
    const Site site(key);
    std::uint32_t need_bytes = 0;
    {
      TlsPeer peer(site.server);
      Client client(peer, {.roots = site.root.pem()});
      connect_thrice(client, peer);
      need_bytes = client.tls.counters().arena_high_water_bytes;
      TEST_ASSERT_LESS_OR_EQUAL_UINT32(arena_bytes, need_bytes);
      TEST_MESSAGE("arena used by an " << (key == Key::p256 ? "P-256" : "RSA-2048")
                                       << " chain: " << need_bytes << " of " << arena_bytes << " bytes");
    }
    TlsPeer peer(site.server);
    Client exact(peer, {.roots = site.root.pem()}, need_bytes);
    connect_thrice(exact, peer);
    TEST_ASSERT_LESS_OR_EQUAL_UINT32(need_bytes, exact.tls.counters().arena_high_water_bytes);
  }
}

EDGESPAN_TEST(an_arena_of_any_smaller_size_is_an_error_and_no_crash, "tls") {
  const Site site(Key::p256);
  int refused_at_init = 0;
  int refused_at_open = 0;
  for (std::size_t bytes = 0; bytes < arena_bytes; bytes += 509) {
    TlsPeer peer(site.server);
    Client client(peer, {.roots = site.root.pem()}, bytes);
    if (client.started != Result::ok) {
      TEST_ASSERT_TRUE(client.started == Result::no_memory);
      ++refused_at_init;
    } else if (client.open() != 1) {
      TEST_ASSERT_EQUAL_INT(EDGESPAN_STREAM_NO_MEMORY, client.report().error);
      TEST_ASSERT_TRUE(client.is_idle());
      ++refused_at_open;
    }
  }
  TEST_ASSERT_TRUE(refused_at_init > 3 && refused_at_open > 3);
}

EDGESPAN_TEST(each_allocation_of_init_may_fail, "tls") {
  static std::uint64_t failing = 0;
  const Site site(Key::rsa2048);
  const Identity own = issue({.name = "gateway", .names = "", .usage = "clientAuth"}, &site.root);
  const Trust trust{.roots = site.root.pem(), .certificate = own.pem(), .key = own.key_pem()};
  Replay peer("");
  bool started = false;
  for (failing = 1; !started; ++failing) {
    watch_allocations([](std::uint64_t number) { return number == failing; });
    Client client(peer, trust);
    started = client.started == Result::ok;
    if (!started && client.started != Result::no_memory) TEST_FAIL_MESSAGE("another reason than memory");
    if (started && allocations() >= failing) TEST_FAIL_MESSAGE("started in spite of a failed allocation");
    if (!started && client.tls.counters().arena_blocks != 0) TEST_FAIL_MESSAGE("something was left behind");
  }
  watch_allocations(nullptr);
  TEST_ASSERT_TRUE(failing > 20);
}

// The sweep over one handshake, in one handshake: before each allocation the process forks, and in the child
// that one fails. What the child finds is its exit status.
namespace sweep {

enum Finding : int { good = 0, opened = 1, left_behind = 2, other_reason = 3, unusable = 4 };

bool in_child = false;
std::uint64_t children = 0;
std::uint64_t first_bad = 0;
int worst = good;

bool before(std::uint64_t number) {
  if (in_child) return false;
  const pid_t child = fork();
  if (child == 0) {
    in_child = true;
    return true;
  }
  int status = 0;
  const bool ended = child > 0 && waitpid(child, &status, 0) == child;
  const int finding = ended && WIFEXITED(status) ? WEXITSTATUS(status) : 100;
  ++children;
  if (finding != good && worst == good) {
    worst = finding;
    first_bad = number;
  }
  return false;
}

// The handshake itself may go on without what failed, if that was only for the next one.
int judge(Client& client, TlsPeer& peer, int result) {
  if (result == 1) {
    if (!peer.shaken() || !client.send("still here") || peer.heard != "still here") return opened;
    client.close();
  } else if (client.report().error != EDGESPAN_STREAM_NO_MEMORY) {
    return other_reason;
  }
  if (!client.is_idle()) return left_behind;
  // A tenth of the children show that the next handshake does not suffer.
  if (allocations() % 10 != 0) return good;
  return client.open() == 1 && peer.shaken() ? good : unusable;
}

void run(const Site& site, int handshakes_before) {
  in_child = false;
  children = 0;
  worst = good;
  TlsPeer peer(site.server);
  Client client(peer, {.roots = site.root.pem()});
  for (int i = 0; i < handshakes_before; ++i) {
    TEST_ASSERT_EQUAL_INT(1, client.open());
    client.take_tickets();
    client.close();
  }
  watch_allocations(before);
  const int result = client.open();
  if (in_child) _exit(judge(client, peer, result));
  watch_allocations(nullptr);
  TEST_ASSERT_EQUAL_INT(1, result);
  TEST_ASSERT_TRUE(peer.resumed() == (handshakes_before > 0));
  TEST_MESSAGE("children: " << children << ", first bad allocation: " << first_bad);
  TEST_ASSERT_EQUAL_INT(good, worst);
  TEST_ASSERT_TRUE(children > 20);
}

}  // namespace sweep

// In a handshake with a server that must be rejected no failed allocation makes it a friend.
EDGESPAN_TEST(no_failed_allocation_makes_a_stranger_believed, "tls") {
  using namespace sweep;
  const Site site(Key::rsa2048);
  in_child = false;
  children = 0;
  worst = good;
  TlsPeer peer(site.server);
  Client client(peer, {.roots = root_authority(Key::rsa2048).pem()});  // of the same name
  watch_allocations(before);
  const int result = client.open();
  if (in_child) {
    const int error = client.report().error;
    const bool told = error == EDGESPAN_STREAM_NO_MEMORY || error == EDGESPAN_STREAM_UNKNOWN_ROOT;
    _exit(result == 1 || peer.shaken() ? opened : result >= 0 || !told ? other_reason : good);
  }
  watch_allocations(nullptr);
  TEST_ASSERT_EQUAL_INT(EDGESPAN_STREAM_UNKNOWN_ROOT, result);
  TEST_MESSAGE("children: " << children << ", first bad allocation: " << first_bad);
  TEST_ASSERT_EQUAL_INT(good, worst);
  TEST_ASSERT_TRUE(children > 20);
}

EDGESPAN_TEST(each_allocation_of_a_full_handshake_may_fail, "tls") { sweep::run(Site(Key::rsa2048), 0); }

EDGESPAN_TEST(each_allocation_of_a_resumed_handshake_may_fail, "tls") { sweep::run(Site(Key::p256), 1); }

}  // namespace
