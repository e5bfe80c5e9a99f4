// SPDX-License-Identifier: Apache-2.0
#include "cli/doctor/timed_connection.hpp"

#include <arpa/inet.h>
#include <poll.h>

#include <algorithm>
#include <array>

namespace edgespan::cli {
namespace {

constexpr std::size_t received_bytes_max = 64 * 1024;
constexpr int wait_ms = 20;

TimedConnection& wire_at(void* ctx) noexcept { return *static_cast<TimedConnection*>(ctx); }
RecordingStream& recorder_at(void* ctx) noexcept { return *static_cast<RecordingStream*>(ctx); }

}  // namespace

RecordingStream::RecordingStream(const edgespan_stream& inner) noexcept : inner_{inner} {
  table_.ctx = this;
  table_.open = [](void* self, const char* host, std::uint16_t port) {
    const edgespan_stream& stream = recorder_at(self).inner_;
    return stream.open(stream.ctx, host, port);
  };
  table_.send = [](void* self, const void* bytes, std::size_t n) {
    const edgespan_stream& stream = recorder_at(self).inner_;
    return stream.send(stream.ctx, bytes, n);
  };
  table_.recv = [](void* self, void* bytes, std::size_t n) { return recorder_at(self).recv(bytes, n); };
  table_.close = [](void* self) {
    const edgespan_stream& stream = recorder_at(self).inner_;
    stream.close(stream.ctx);
  };
  table_.secure = inner.secure;
}

std::int32_t RecordingStream::recv(void* bytes, std::size_t n) {
  const std::int32_t got = inner_.recv(inner_.ctx, bytes, n);
  if (got > 0) {
    const std::size_t room = received_bytes_max - received_.size();
    received_.append(static_cast<const char*>(bytes), std::min(room, static_cast<std::size_t>(got)));
  }
  return got;
}

TimedConnection::TimedConnection(const edgespan_clock& clock, std::uint64_t limit_us) noexcept
    : clock_{clock}, limit_us_{limit_us} {
  table_.ctx = this;
  table_.open = [](void* self, const char* host, std::uint16_t port) {
    return wire_at(self).stream_.open(host, port);
  };
  table_.send = [](void* self, const void* bytes, std::size_t n) {
    return wire_at(self).stream_.send(bytes, n);
  };
  table_.recv = [](void* self, void* bytes, std::size_t n) { return wire_at(self).stream_.recv(bytes, n); };
  table_.close = [](void* self) { wire_at(self).stream_.close(); };
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

// Until the connection has something to say, but not for long: the limit is to be looked at.
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
