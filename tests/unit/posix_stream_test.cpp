// SPDX-License-Identifier: Apache-2.0
#include <edgespan/posix_port.hpp>

#include <dirent.h>
#include <signal.h>

#include <string>

#include "tests/support/loopback_server.hpp"
#include "tests/support/test.hpp"

namespace {

using edgespan::posix::Port;
using edgespan::test::LoopbackServer;

constexpr std::uint64_t patience_us = 60'000'000;  // longer than any resolver takes to give up

struct Client {
  Port port;
  const edgespan_clock& clock = port.clock();
  const edgespan_stream& stream = port.stream();

  Client() { TEST_ASSERT_TRUE(port.init()); }

  // Calls until the result is not 0 or patience ends.
  template <typename Call>
  int until_not_zero(Call call) {
    const std::uint64_t start = clock.mono_us(clock.ctx);
    int result = 0;
    while ((result = call()) == 0 && clock.mono_us(clock.ctx) - start < patience_us) {
      clock.pause(clock.ctx, 500);
    }
    return result;
  }
  int open(const char* host, std::uint16_t tcp_port) {
    return until_not_zero([&] { return stream.open(stream.ctx, host, tcp_port); });
  }
  int recv(std::array<char, 512>& bytes) {
    return until_not_zero([&] { return stream.recv(stream.ctx, bytes.data(), bytes.size()); });
  }
  std::int32_t send(std::string_view text) { return stream.send(stream.ctx, text.data(), text.size()); }
  void close() { stream.close(stream.ctx); }
};

std::size_t open_descriptors() {
  std::size_t count = 0;
  DIR* const directory = opendir("/proc/self/fd");
  TEST_ASSERT_NOT_NULL(directory);
  while (readdir(directory) != nullptr) ++count;
  closedir(directory);
  return count;
}

// A port of 127.0.0.1 that is taken and on which nobody listens.
class DeafPort {
 public:
  DeafPort() : descriptor_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* any = reinterpret_cast<sockaddr*>(&address);
    TEST_ASSERT_EQUAL(0, bind(descriptor_, any, sizeof address));
    TEST_ASSERT_EQUAL(0, getsockname(descriptor_, any, &size));
    number_ = ntohs(address.sin_port);
  }
  DeafPort(const DeafPort&) = delete;
  DeafPort& operator=(const DeafPort&) = delete;
  ~DeafPort() { ::close(descriptor_); }
  std::uint16_t number() const { return number_; }

 private:
  int descriptor_;
  std::uint16_t number_ = 0;
};

constexpr std::string_view request = "POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc";

EDGESPAN_TEST(bytes_go_both_ways, "posix") {
  const LoopbackServer server;
  Client client;
  for (const char* host : {"127.0.0.1", "localhost"}) {
    TEST_CONTEXT(host);
    TEST_ASSERT_EQUAL(1, client.open(host, server.port()));
    TEST_ASSERT_EQUAL(1, client.stream.open(client.stream.ctx, host, server.port()));  // open already
    std::array<char, 512> bytes;
    TEST_ASSERT_EQUAL(0, client.stream.recv(client.stream.ctx, bytes.data(), bytes.size()));
    TEST_ASSERT_EQUAL(static_cast<int>(request.size()), client.send(request));
    const int received = client.recv(bytes);
    TEST_ASSERT_GREATER_THAN(0, received);
    TEST_ASSERT_EQUAL_STRING("HTTP/1.1 202", std::string_view(bytes.data(), 12));
    TEST_ASSERT_EQUAL(request, server.requests().back());
    client.close();
    client.close();
  }
  TEST_ASSERT_EQUAL(2, server.accepted());
}

EDGESPAN_TEST(failures_to_connect_have_their_names, "posix") {
  const DeafPort deaf;
  Client client;
  TEST_ASSERT_EQUAL(EDGESPAN_STREAM_REFUSED, client.open("127.0.0.1", deaf.number()));
  TEST_ASSERT_EQUAL(EDGESPAN_STREAM_REFUSED, client.open("localhost", deaf.number()));
  TEST_ASSERT_EQUAL(EDGESPAN_STREAM_NO_HOST, client.open("no-such-host.invalid", 80));
  TEST_ASSERT_LESS_THAN(0, client.send("x"));
  char byte = 0;
  TEST_ASSERT_LESS_THAN(0, client.stream.recv(client.stream.ctx, &byte, 1));
}

EDGESPAN_TEST(the_end_of_a_connection_is_told_from_its_breaking, "posix") {
  LoopbackServer::Behaviour polite;
  polite.closes_after_reply = true;
  const LoopbackServer closing(polite);
  Client client;
  std::array<char, 512> bytes;
  TEST_ASSERT_EQUAL(1, client.open("127.0.0.1", closing.port()));
  TEST_ASSERT_GREATER_THAN(0, client.send(request));
  TEST_ASSERT_GREATER_THAN(0, client.recv(bytes));
  TEST_ASSERT_EQUAL(EDGESPAN_STREAM_CLOSED, client.recv(bytes));
  client.close();

  LoopbackServer::Behaviour rude;
  rude.resets_on_first_byte = true;
  const LoopbackServer resetting(rude);
  TEST_ASSERT_EQUAL(1, client.open("127.0.0.1", resetting.port()));
  TEST_ASSERT_GREATER_THAN(0, client.send(request));
  TEST_ASSERT_EQUAL(EDGESPAN_STREAM_RESET, client.recv(bytes));
}

EDGESPAN_TEST(sending_to_a_peer_that_is_gone_raises_no_signal, "posix") {
  struct sigaction before {};
  struct sigaction default_action {};
  default_action.sa_handler = SIG_DFL;  // a SIGPIPE would end the process
  TEST_ASSERT_EQUAL(0, sigaction(SIGPIPE, &default_action, &before));
  LoopbackServer::Behaviour rude;
  rude.resets_on_first_byte = true;
  const LoopbackServer server(rude);
  Client client;
  TEST_ASSERT_EQUAL(1, client.open("127.0.0.1", server.port()));
  TEST_ASSERT_GREATER_THAN(0, client.send(request));
  int result = 0;
  for (int i = 0; i < 100'000 && result >= 0; ++i) {
    result = client.send(request);
    client.clock.pause(client.clock.ctx, 100);
  }
  TEST_ASSERT_EQUAL(EDGESPAN_STREAM_RESET, result);
  sigaction(SIGPIPE, &before, nullptr);
}

EDGESPAN_TEST(a_peer_that_does_not_read_fills_up_and_blocks_nobody, "posix") {
  LoopbackServer::Behaviour deaf;
  deaf.reads = false;
  const LoopbackServer server(deaf);
  Client client;
  TEST_ASSERT_EQUAL(1, client.open("127.0.0.1", server.port()));
  const std::string block(64 * 1024, 'x');
  const std::uint64_t start = client.clock.mono_us(client.clock.ctx);
  int sent = 1;
  for (int i = 0; i < 10'000 && sent > 0; ++i) sent = client.send(block);
  TEST_ASSERT_EQUAL(0, sent);
  TEST_ASSERT_LESS_THAN(patience_us, client.clock.mono_us(client.clock.ctx) - start);
}

// The server has answered and is gone, with bytes of the request unread: its kernel answers with a reset.
EDGESPAN_TEST(a_reply_that_waits_is_not_lost_to_the_reset_behind_it, "posix") {
  LoopbackServer::Behaviour refusing;
  refusing.closes_after_reply = true;
  refusing.reply = "HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
  const LoopbackServer server(refusing);
  Client client;
  TEST_ASSERT_EQUAL(1, client.open("127.0.0.1", server.port()));
  TEST_ASSERT_GREATER_THAN(0, client.send(request));
  for (int i = 0; i < 10'000 && server.requests().empty(); ++i) client.clock.pause(client.clock.ctx, 1000);
  client.clock.pause(client.clock.ctx, 20'000);
  int sent = 1;
  for (int i = 0; i < 10'000 && sent > 0; ++i) {
    sent = client.send(request);
    client.clock.pause(client.clock.ctx, 1000);
  }
  TEST_ASSERT_EQUAL(0, sent);
  std::array<char, 512> bytes;
  TEST_ASSERT_GREATER_THAN(0, client.recv(bytes));
  TEST_ASSERT_EQUAL_STRING("HTTP/1.1 413", std::string_view(bytes.data(), 12));
  TEST_ASSERT_LESS_THAN(0, client.send(request));
}

EDGESPAN_TEST(attempts_that_are_given_up_leave_nothing_behind, "posix") {
  const LoopbackServer server;
  const DeafPort deaf;
  Client client;
  TEST_ASSERT_EQUAL(1, client.open("localhost", server.port()));  // the lookup's descriptor stays
  client.close();
  // Lookups that are given up may each have taken a place, with its descriptor, before the first was free
  // again.
  const std::size_t before = open_descriptors() + 3;
  for (int i = 0; i < 300; ++i) {
    client.stream.open(client.stream.ctx, "localhost", server.port());
    client.close();
    client.stream.open(client.stream.ctx, "127.0.0.1", deaf.number());
    client.close();
  }
  // Threads of lookups may still hold the hosts file open.
  for (int i = 0; i < 10'000 && open_descriptors() > before; ++i) client.clock.pause(client.clock.ctx, 1000);
  // The server's side of what was connected is closed by its own thread.
  TEST_ASSERT_LESS_OR_EQUAL(before, open_descriptors());
  int opened = -1;
  for (int i = 0; i < 1000 && opened < 0; ++i) opened = client.open("localhost", server.port());
  TEST_ASSERT_EQUAL(1, opened);
}

}  // namespace
