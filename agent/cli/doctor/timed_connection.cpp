// SPDX-License-Identifier: Apache-2.0
#include "cli/doctor/timed_connection.hpp"

#include <arpa/inet.h>
#include <poll.h>

#include <array>

namespace edgespan::cli {
namespace {

constexpr int wait_ms = 20;

TimedConnection& connection_at(void* ctx) noexcept { return *static_cast<TimedConnection*>(ctx); }

}  // namespace

TimedConnection::TimedConnection(const edgespan_clock& clock, std::uint64_t limit_us) noexcept
    : clock_{clock}, limit_us_{limit_us} {
  table_.ctx = this;
  table_.open = [](void* self, const char* host, std::uint16_t port) {
    return connection_at(self).stream_.open(host, port);
  };
  table_.send = [](void* self, const void* bytes, std::size_t n) {
    return connection_at(self).stream_.send(bytes, n);
  };
  table_.recv = [](void* self, void* bytes, std::size_t n) {
    return connection_at(self).stream_.recv(bytes, n);
  };
  table_.close = [](void* self) { connection_at(self).stream_.close(); };
  table_.secure = false;
}

int TimedConnection::resolve(const std::string& host, std::uint16_t port) {
  early_result_ = 0;
  const int result = until_done([&] {
    resolved_us_ = now_us();
    const int opened = stream_.open(host.c_str(), port);
    return opened == 0 && !stream_.resolving() ? 1 : opened;
  });
  if (result == 0) stream_.close();
  if (result >= 0 || result == EDGESPAN_STREAM_NO_HOST) return result;
  early_result_ = result;
  return 1;
}

int TimedConnection::connect(const std::string& host, std::uint16_t port) {
  if (early_result_ != 0) return early_result_;
  return until_done([&] { return stream_.open(host.c_str(), port); });
}

// Until the connection can go on. Not for long, so that until_done() sees the limit.
void TimedConnection::wait() {
  const posix::Stream::Wanted wanted = stream_.wanted();
  pollfd ready{posix::Stream::descriptor(wanted), posix::Stream::events(wanted), 0};
  poll(&ready, wanted == posix::Stream::nothing ? 0 : 1, wanted == posix::Stream::nothing ? 1 : wait_ms);
}

std::string TimedConnection::address() const {
  const posix::Address* const peer = stream_.peer();
  if (peer == nullptr) return {};
  const bool v4 = peer->any.sa_family == AF_INET;
  std::array<char, INET6_ADDRSTRLEN> text{};
  const void* const number = v4 ? static_cast<const void*>(&peer->v4.sin_addr) : &peer->v6.sin6_addr;
  const bool written = inet_ntop(peer->any.sa_family, number, text.data(), text.size()) != nullptr;
  return written ? text.data() : std::string{};
}

}  // namespace edgespan::cli
