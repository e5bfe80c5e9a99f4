// SPDX-License-Identifier: Apache-2.0 Names with several addresses, and a resolver that hangs. The C
// library's own resolver cannot be made to do either, so this file stands before it, for names under
// `.edgespan-test` alone; unknown.edgespan-test has no address, and nobody on the network is asked about it.
#include <edgespan/posix_port.hpp>

#include <dlfcn.h>
#include <netdb.h>

#include <array>
#include <atomic>
#include <string_view>

#include "tests/support/loopback_server.hpp"
#include "tests/support/test.hpp"

namespace {

std::atomic<int> lookups_hanging{0};
// By the name's first letter: a thread of an earlier test may only just come round to its lookup.
std::array<std::atomic<int>, 128> lookups_begun{};
std::atomic<bool> resolver_hangs{false};

using Resolve = int (*)(const char*, const char*, const addrinfo*, addrinfo**);

Resolve real_resolver() {
  static const auto resolve = reinterpret_cast<Resolve>(dlsym(RTLD_NEXT, "getaddrinfo"));
  return resolve;
}

// 127.0.0.2, on which the server does not listen, and then 127.0.0.1.
int resolve_both(const char* service, const addrinfo* hints, addrinfo** out) {
  addrinfo* second = nullptr;
  const int error = real_resolver()("127.0.0.1", service, hints, &second);
  if (error != 0) return error;
  const int other_error = real_resolver()("127.0.0.2", service, hints, out);
  if (other_error == 0) (*out)->ai_next = second;
  return other_error;
}

}  // namespace

extern "C" int getaddrinfo(const char* host, const char* service, const addrinfo* hints, addrinfo** out) {
  if (host == nullptr || !std::string_view(host).ends_with(".edgespan-test")) {
    return real_resolver()(host, service, hints, out);
  }
  ++lookups_begun[static_cast<unsigned char>(*host) % lookups_begun.size()];
  ++lookups_hanging;
  while (resolver_hangs) usleep(500);
  --lookups_hanging;
  if (std::string_view(host).starts_with("unknown.")) return EAI_NONAME;
  return resolve_both(service, hints, out);
}

namespace {

using edgespan::posix::Port;
using edgespan::test::LoopbackServer;

struct Client {
  Port port;
  const edgespan_clock& clock = port.clock();
  const edgespan_stream& stream = port.stream();

  Client() { TEST_ASSERT_TRUE(port.init()); }

  int open_once(const char* host, std::uint16_t number) { return stream.open(stream.ctx, host, number); }
  // 0 if nothing was decided within `patience_ms`.
  int open(const char* host, std::uint16_t number, int patience_ms = 10'000) {
    int result = 0;
    for (int i = 0; i < patience_ms && (result = open_once(host, number)) == 0; ++i) pause_ms(1);
    return result;
  }
  void close() { stream.close(stream.ctx); }
  void pause_ms(unsigned ms) { clock.pause(clock.ctx, ms * 1000u); }
};

// Lets lookups hang, and in the end lets them go and waits until the last thread has left.
struct HangingResolver {
  HangingResolver() { resolver_hangs = true; }
  ~HangingResolver() {
    resolver_hangs = false;
    while (lookups_hanging != 0) usleep(500);
  }
};

// Listens on 127.0.0.2 at the server's port with a queue that is full: connecting to it hangs.
class FullListener {
 public:
  explicit FullListener(std::uint16_t port) {
    address_.sin_family = AF_INET;
    address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1);
    address_.sin_port = htons(port);
    const auto* any = reinterpret_cast<const sockaddr*>(&address_);
    listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    TEST_ASSERT_EQUAL(0, bind(listener_, any, sizeof address_));
    TEST_ASSERT_EQUAL(0, listen(listener_, 0));
    for (int& waiting : waiting_) {
      waiting = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
      const int result = connect(waiting, any, sizeof address_);
      TEST_ASSERT_TRUE(result == 0 || errno == EINPROGRESS);
    }
  }
  FullListener(const FullListener&) = delete;
  FullListener& operator=(const FullListener&) = delete;
  ~FullListener() {
    for (const int waiting : waiting_) ::close(waiting);
    ::close(listener_);
  }

 private:
  sockaddr_in address_{};
  int listener_ = -1;
  std::array<int, 4> waiting_{};
};

EDGESPAN_TEST(the_next_address_is_tried_when_one_refuses, "posix") {
  const LoopbackServer server;
  Client client;
  for (int i = 0; i < 3; ++i) {
    TEST_ASSERT_EQUAL(1, client.open("two.edgespan-test", server.port()));
    client.close();
  }
}

EDGESPAN_TEST(an_address_that_hangs_comes_last_in_the_next_attempt, "posix") {
  const LoopbackServer server;
  const FullListener full(server.port());
  Client client;
  TEST_ASSERT_EQUAL(0, client.open("two.edgespan-test", server.port(), 200));
  client.close();
  for (int i = 0; i < 3; ++i) {
    TEST_ASSERT_EQUAL(1, client.open("two.edgespan-test", server.port()));
    client.close();
  }
}

EDGESPAN_TEST(a_resolver_that_hangs_blocks_nobody_and_is_asked_once, "posix") {
  const LoopbackServer server;
  const HangingResolver hanging;
  {
    Client client;
    for (int attempt = 0; attempt < 20; ++attempt) {
      const std::uint64_t start = client.clock.mono_us(client.clock.ctx);
      TEST_ASSERT_EQUAL(0, client.open_once("slow.edgespan-test", server.port()));
      client.close();
      TEST_ASSERT_LESS_THAN(60'000'000, client.clock.mono_us(client.clock.ctx) - start);
    }
  }
  Client client;
  TEST_ASSERT_EQUAL(0, client.open("slow.edgespan-test", server.port(), 50));
  TEST_ASSERT_LESS_OR_EQUAL(1, lookups_begun['s']);
  resolver_hangs = false;
  TEST_ASSERT_EQUAL(1, client.open("slow.edgespan-test", server.port()));  // with what the one lookup found
  TEST_ASSERT_EQUAL(1, lookups_begun['s']);
}

EDGESPAN_TEST(when_every_place_is_taken_by_hanging_lookups_a_further_one_fails_at_once, "posix") {
  const LoopbackServer server;
  Client client;
  {
    const HangingResolver hanging;
    for (const char* host : {"a.edgespan-test", "b.edgespan-test", "c.edgespan-test", "d.edgespan-test"}) {
      TEST_ASSERT_EQUAL(0, client.open_once(host, server.port()));
      client.close();
    }
    TEST_ASSERT_EQUAL(EDGESPAN_STREAM_FAILED, client.open_once("e.edgespan-test", server.port()));
    TEST_ASSERT_EQUAL(1, client.open("127.0.0.1", server.port()));  // needs no place
    client.close();
  }
  int opened = -1;
  for (int i = 0; i < 1000 && opened < 0; ++i) {
    opened = client.open("e.edgespan-test", server.port());
    if (opened < 0) client.pause_ms(1);
  }
  TEST_ASSERT_EQUAL(1, opened);
}

EDGESPAN_TEST(a_lookup_that_hangs_delays_no_stop_and_outlives_the_port, "posix") {
  const HangingResolver hanging;
  {
    Client client;
    const edgespan_worker& worker = client.port.worker();
    TEST_ASSERT_TRUE(worker.start(
        worker.ctx,
        [](void* arg) -> std::uint64_t {
          static_cast<Client*>(arg)->open_once("gone.edgespan-test", 1);
          return 1000;
        },
        &client));
    while (lookups_begun['g'] == 0) client.pause_ms(1);
    TEST_ASSERT_TRUE(worker.stop(worker.ctx, 60'000'000));
  }
  TEST_ASSERT_GREATER_OR_EQUAL(1, lookups_hanging);
}

// Row 49: without it the thread would come back to code that is not there.
EDGESPAN_TEST(a_library_that_is_unloaded_while_a_name_is_resolved_stays_mapped, "posix") {
  {
    const HangingResolver hanging;
    void* const library = dlopen(EDGESPAN_UNLOADED, RTLD_NOW | RTLD_LOCAL);
    TEST_ASSERT_NOT_NULL(library);
    const auto begin = reinterpret_cast<int (*)(const char*)>(dlsym(library, "edgespan_begin_lookup"));
    TEST_ASSERT_NOT_NULL(begin);
    TEST_ASSERT_EQUAL(0, begin("zoo.edgespan-test"));
    while (lookups_begun['z'] == 0) usleep(500);
    TEST_ASSERT_EQUAL(0, dlclose(library));
  }
  usleep(100'000);  // for the thread to leave
  void* const still = dlopen(EDGESPAN_UNLOADED, RTLD_NOW | RTLD_NOLOAD);
  TEST_ASSERT_NOT_NULL(still);
  dlclose(still);
}

}  // namespace
