// SPDX-License-Identifier: Apache-2.0
#include <edgespan/posix.hpp>

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

  Client() { REQUIRE(port.init()); }

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
  REQUIRE(directory != nullptr);
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
    REQUIRE(bind(descriptor_, any, sizeof address) == 0);
    REQUIRE(getsockname(descriptor_, any, &size) == 0);
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

TEST_CASE("bytes go both ways", "[posix]") {
  const LoopbackServer server;
  Client client;
  for (const char* host : {"127.0.0.1", "localhost"}) {
    INFO(host);
    REQUIRE(client.open(host, server.port()) == 1);
    REQUIRE(client.stream.open(client.stream.ctx, host, server.port()) == 1);  // open already
    std::array<char, 512> bytes;
    REQUIRE(client.stream.recv(client.stream.ctx, bytes.data(), bytes.size()) == 0);
    REQUIRE(client.send(request) == static_cast<int>(request.size()));
    const int received = client.recv(bytes);
    REQUIRE(received > 0);
    REQUIRE(std::string_view(bytes.data(), 12) == "HTTP/1.1 202");
    REQUIRE(server.requests().back() == request);
    client.close();
    client.close();
  }
  REQUIRE(server.accepted() == 2);
}

TEST_CASE("failures to connect have their names", "[posix]") {
  const DeafPort deaf;
  Client client;
  REQUIRE(client.open("127.0.0.1", deaf.number()) == EDGESPAN_STREAM_REFUSED);
  REQUIRE(client.open("localhost", deaf.number()) == EDGESPAN_STREAM_REFUSED);
  REQUIRE(client.open("no-such-host.invalid", 80) == EDGESPAN_STREAM_NO_HOST);
  REQUIRE(client.send("x") < 0);
  char byte = 0;
  REQUIRE(client.stream.recv(client.stream.ctx, &byte, 1) < 0);
}

TEST_CASE("the end of a connection is told from its breaking", "[posix]") {
  LoopbackServer::Behaviour polite;
  polite.closes_after_reply = true;
  const LoopbackServer closing(polite);
  Client client;
  std::array<char, 512> bytes;
  REQUIRE(client.open("127.0.0.1", closing.port()) == 1);
  REQUIRE(client.send(request) > 0);
  REQUIRE(client.recv(bytes) > 0);
  REQUIRE(client.recv(bytes) == EDGESPAN_STREAM_CLOSED);
  client.close();

  LoopbackServer::Behaviour rude;
  rude.resets_on_first_byte = true;
  const LoopbackServer resetting(rude);
  REQUIRE(client.open("127.0.0.1", resetting.port()) == 1);
  REQUIRE(client.send(request) > 0);
  REQUIRE(client.recv(bytes) == EDGESPAN_STREAM_RESET);
}

TEST_CASE("sending to a peer that is gone raises no signal", "[posix]") {
  struct sigaction before {};
  struct sigaction default_action {};
  default_action.sa_handler = SIG_DFL;  // a SIGPIPE would end the process
  REQUIRE(sigaction(SIGPIPE, &default_action, &before) == 0);
  LoopbackServer::Behaviour rude;
  rude.resets_on_first_byte = true;
  const LoopbackServer server(rude);
  Client client;
  REQUIRE(client.open("127.0.0.1", server.port()) == 1);
  REQUIRE(client.send(request) > 0);
  int result = 0;
  for (int i = 0; i < 100'000 && result >= 0; ++i) {
    result = client.send(request);
    client.clock.pause(client.clock.ctx, 100);
  }
  REQUIRE(result == EDGESPAN_STREAM_RESET);
  sigaction(SIGPIPE, &before, nullptr);
}

TEST_CASE("a peer that does not read fills up and blocks nobody", "[posix]") {
  LoopbackServer::Behaviour deaf;
  deaf.reads = false;
  const LoopbackServer server(deaf);
  Client client;
  REQUIRE(client.open("127.0.0.1", server.port()) == 1);
  const std::string block(64 * 1024, 'x');
  const std::uint64_t start = client.clock.mono_us(client.clock.ctx);
  int sent = 1;
  for (int i = 0; i < 10'000 && sent > 0; ++i) sent = client.send(block);
  REQUIRE(sent == 0);
  REQUIRE(client.clock.mono_us(client.clock.ctx) - start < patience_us);
}

// The server has answered and is gone, with bytes of the request unread: its kernel answers with a reset.
TEST_CASE("a reply that waits is not lost to the reset behind it", "[posix]") {
  LoopbackServer::Behaviour refusing;
  refusing.closes_after_reply = true;
  refusing.reply = "HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
  const LoopbackServer server(refusing);
  Client client;
  REQUIRE(client.open("127.0.0.1", server.port()) == 1);
  REQUIRE(client.send(request) > 0);
  for (int i = 0; i < 10'000 && server.requests().empty(); ++i) client.clock.pause(client.clock.ctx, 1000);
  client.clock.pause(client.clock.ctx, 20'000);
  int sent = 1;
  for (int i = 0; i < 10'000 && sent > 0; ++i) {
    sent = client.send(request);
    client.clock.pause(client.clock.ctx, 1000);
  }
  REQUIRE(sent == 0);
  std::array<char, 512> bytes;
  REQUIRE(client.recv(bytes) > 0);
  REQUIRE(std::string_view(bytes.data(), 12) == "HTTP/1.1 413");
  REQUIRE(client.send(request) < 0);
}

TEST_CASE("attempts that are given up leave nothing behind", "[posix]") {
  const LoopbackServer server;
  const DeafPort deaf;
  Client client;
  REQUIRE(client.open("localhost", server.port()) == 1);  // the lookup's descriptor stays
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
  REQUIRE(open_descriptors() <= before);
  int opened = -1;
  for (int i = 0; i < 1000 && opened < 0; ++i) opened = client.open("localhost", server.port());
  REQUIRE(opened == 1);
}

}  // namespace
