// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <edgespan/tls.hpp>

#include <memory>
#include <string>
#include <string_view>

#include "tests/support/test.hpp"
#include "tls_peer.hpp"

namespace edgespan::test {

inline const char* const host = "collector.example";

struct Trust {
  std::string roots{};  // PEM
  std::string certificate{};
  std::string key{};
};

// A Tls over a stream in memory, with an arena of its own. Its calls go on until they have an answer, or
// until nothing moves any more.
class Client {
  MemoryStream& peer_;
  Trust trust_;
  std::unique_ptr<std::byte[]> arena_;

 public:
  Client(MemoryStream& peer, const Trust& trust, std::size_t arena_bytes = mbedtls::arena_bytes)
      : peer_(peer), trust_(trust), arena_(new std::byte[arena_bytes]) {
    mbedtls::Config config{.roots = mbedtls::pem(trust_.roots)};
    if (!trust_.certificate.empty()) config.certificate = mbedtls::pem(trust_.certificate);
    if (!trust_.key.empty()) config.key = mbedtls::pem(trust_.key);
    started = tls.init({arena_.get(), arena_bytes}, peer.table, clock.table, config);
    idle_blocks = tls.counters().arena_blocks;
  }

  int open(const char* name = host, std::uint16_t port = 443) {
    return until_not_zero([&] { return stream.open(stream.ctx, name, port); });
  }
  std::string recv(std::size_t n = 4096) {
    std::string bytes(n, '\0');
    last = until_not_zero([&] { return stream.recv(stream.ctx, bytes.data(), bytes.size()); });
    bytes.resize(last > 0 ? static_cast<std::size_t>(last) : 0);
    return bytes;
  }
  // The sessions that a server of TLS 1.3 offers behind the handshake.
  void take_tickets() { recv(); }
  bool send(std::string_view text) {
    while (!text.empty()) {
      last = until_not_zero([&] { return stream.send(stream.ctx, text.data(), text.size()); });
      if (last <= 0) return false;
      text.remove_prefix(static_cast<std::size_t>(last));
    }
    return true;
  }
  void close() { stream.close(stream.ctx); }

  // Everything that an attempt took has been given back, but for one number that the key of an RSA root
  // computes when it is first used.
  bool is_idle() const {
    const std::uint32_t more = tls.counters().arena_blocks - idle_blocks;
    return more <= 1 && !peer_.is_open;
  }
  mbedtls::Report report() const { return tls.report(); }

  FixedClock clock;
  mbedtls::Tls tls;
  const edgespan_stream& stream = tls.stream();
  mbedtls::Result started;
  std::uint32_t idle_blocks = 0;
  std::int32_t last = 0;  // result of recv() or send()

 private:
  template <typename Call>
  std::int32_t until_not_zero(Call call) {
    std::int32_t result = 0;
    std::size_t moved = 0;
    int still = 0;
    while ((result = call()) == 0 && still < 16) {
      const std::size_t now = peer_.given.size() + peer_.taken.size();
      still = now == moved ? still + 1 : 0;
      moved = now;
    }
    return result;
  }
};

}  // namespace edgespan::test
