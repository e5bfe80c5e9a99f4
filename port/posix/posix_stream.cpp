// SPDX-License-Identifier: Apache-2.0
#include <edgespan/posix_stream.hpp>

#include "resolver.hpp"
#include "without_interruption.hpp"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>

namespace edgespan::posix {
namespace {

constexpr std::size_t call_bytes_max = 1 << 30;  // what an int32_t result can tell

int stream_error(int system_error) noexcept {
  switch (system_error) {
    case ECONNREFUSED:
      return EDGESPAN_STREAM_REFUSED;
    case ENETUNREACH:
    case EHOSTUNREACH:
    case ENETDOWN:
    case EADDRNOTAVAIL:
      return EDGESPAN_STREAM_UNREACHABLE;
    case ECONNRESET:
    case EPIPE:
    case ETIMEDOUT:
      return EDGESPAN_STREAM_RESET;
    default:
      return EDGESPAN_STREAM_FAILED;
  }
}

bool would_block(int system_error) noexcept {
  return system_error == EAGAIN || system_error == EWOULDBLOCK || system_error == EINTR;
}

bool read_numeric(const char* host, Address& out) noexcept {
  out = Address{};
  if (inet_pton(AF_INET, host, &out.v4.sin_addr) == 1) {
    out.v4.sin_family = AF_INET;
    return true;
  }
  if (inet_pton(AF_INET6, host, &out.v6.sin6_addr) == 1) {
    out.v6.sin6_family = AF_INET6;
    return true;
  }
  return false;
}

socklen_t set_port(Address& address, std::uint16_t port) noexcept {
  if (address.any.sa_family == AF_INET) {
    address.v4.sin_port = htons(port);
    return sizeof address.v4;
  }
  address.v6.sin6_port = htons(port);
  return sizeof address.v6;
}

// The result is ignored: the options make things faster, and the agent has deadlines of its own.
void set_option(int descriptor, int name, int value) noexcept {
  setsockopt(descriptor, IPPROTO_TCP, name, &value, sizeof value);
}

}  // namespace

int Stream::open(const char* host, std::uint16_t port) noexcept {
  switch (state_) {
    case State::closed:
      return begin(host, port);
    case State::resolving:
      return resolve();
    case State::connecting:
      break;
    case State::open:
      return 1;
  }
  const int result = finish_connecting();
  if (result >= 0) return result;
  error_ = result;
  return try_addresses();
}

int Stream::begin(const char* host, std::uint16_t port) noexcept {
  port_ = port;
  tried_ = 0;
  error_ = EDGESPAN_STREAM_FAILED;
  if (read_numeric(host, addresses_[0])) {
    address_count_ = 1;
    return try_addresses();
  }
  lookup_ = start_lookup(host);
  if (lookup_ == nullptr) return EDGESPAN_STREAM_FAILED;
  state_ = State::resolving;
  return resolve();
}

int Stream::resolve() noexcept {
  if (!lookup_done(*lookup_)) {
    // -1: the application has closed it, and each step looks for itself.
    const int done = lookup_descriptor(*lookup_);
    if (done >= 0) want(done, want_read);
    return 0;
  }
  wanted_.store(nothing);
  address_count_ = take_addresses(*lookup_, addresses_);
  lookup_ = nullptr;
  state_ = State::closed;
  return address_count_ == 0 ? static_cast<int>(EDGESPAN_STREAM_NO_HOST) : try_addresses();
}

// Goes on with the next address until one connects or takes its time.
int Stream::try_addresses() noexcept {
  while (tried_ < address_count_) {
    const std::size_t index = (first_ + tried_++) % address_count_;
    const int result = start_connecting(addresses_[index]);
    if (result >= 0) return result;
    error_ = result;
  }
  state_ = State::closed;
  return error_;
}

int Stream::start_connecting(const Address& address) noexcept {
  Address target = address;
  const socklen_t target_bytes = set_port(target, port_);
  const int descriptor =
      ::socket(target.any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
  if (!socket_.take(descriptor)) return stream_error(errno);
  set_option(descriptor, TCP_NODELAY, 1);  // head and body are two sends; the body must not wait for an ACK
  if (user_timeout_ms_ != 0) set_option(descriptor, TCP_USER_TIMEOUT, static_cast<int>(user_timeout_ms_));
  state_ = State::connecting;
  // An interrupted connect goes on by itself, like one in progress.
  if (connect(descriptor, &target.any, target_bytes) != 0 && errno != EINPROGRESS && errno != EINTR) {
    const int error = stream_error(errno);
    drop_descriptor();
    return error;
  }
  return finish_connecting();
}

// Continues the attempt with the present address only. Results as of open().
int Stream::finish_connecting() noexcept {
  if (!socket_.intact()) {
    drop_descriptor();
    return EDGESPAN_STREAM_FAILED;
  }
  pollfd ready{socket_.number(), POLLOUT, 0};
  if (poll(&ready, 1, 0) <= 0) {
    want(socket_.number(), want_write);
    return 0;
  }
  int error = 0;
  socklen_t error_bytes = sizeof error;
  if (getsockopt(socket_.number(), SOL_SOCKET, SO_ERROR, &error, &error_bytes) != 0) error = errno;
  if (error == 0) {
    wanted_.store(nothing);
    state_ = State::open;
    first_ = (first_ + tried_ + address_count_ - 1) % address_count_;
    return 1;
  }
  drop_descriptor();
  // ETIMEDOUT here: nobody answered the first packet of the connection.
  return error == ETIMEDOUT ? static_cast<int>(EDGESPAN_STREAM_UNREACHABLE) : stream_error(error);
}

// Whether there is a connection whose descriptor is still the agent's.
bool Stream::usable() noexcept {
  if (state_ != State::open) return false;
  if (socket_.intact()) return true;
  wanted_.store(nothing);
  return false;
}

std::int32_t Stream::send(const void* bytes, std::size_t n) noexcept {
  if (!usable()) return EDGESPAN_STREAM_FAILED;
  const ssize_t sent = without_interruption(
      [&] { return ::send(socket_.number(), bytes, std::min(n, call_bytes_max), MSG_NOSIGNAL); });
  if (sent > 0) {
    no_longer_want(want_write);
    return static_cast<std::int32_t>(sent);
  }
  const int error = errno;
  if (sent == 0 || would_block(error)) {
    want(socket_.number(), want_write);
    return 0;
  }
  // A peer that refuses a request and closes has sent its reply before. The caller gets one opportunity to
  // read it: this call answers "later", and the next call reports the end.
  if (!reply_left_ && has_unread_bytes()) {
    reply_left_ = true;
    want(socket_.number(), want_write);
    return 0;
  }
  wanted_.store(nothing);
  return stream_error(error);
}

std::int32_t Stream::recv(void* bytes, std::size_t n) noexcept {
  if (!usable()) return EDGESPAN_STREAM_FAILED;
  const ssize_t received =
      without_interruption([&] { return ::recv(socket_.number(), bytes, std::min(n, call_bytes_max), 0); });
  if (received > 0) {
    reply_left_ = false;
    no_longer_want(want_read);
    return static_cast<std::int32_t>(received);
  }
  if (received < 0 && would_block(errno)) {
    want(socket_.number(), want_read);
    return 0;
  }
  wanted_.store(nothing);
  return received == 0 ? static_cast<int>(EDGESPAN_STREAM_CLOSED) : stream_error(errno);
}

void Stream::close() noexcept {
  // The attempt is given up before the connection was open: the next attempt begins with another address, so
  // that one address that hangs does not keep the others from being tried.
  if (state_ == State::connecting) first_ = (first_ + tried_) % address_count_;
  if (lookup_ != nullptr) orphan_lookup(*lookup_);
  lookup_ = nullptr;
  drop_descriptor();
  state_ = State::closed;
}

void Stream::forked() noexcept {
  lookup_ = nullptr;  // its thread does not exist here; the resolver has forgotten it
  drop_descriptor();
  state_ = State::closed;
}

const Address* Stream::peer() const noexcept {
  if (state_ == State::open) return &addresses_[first_];
  if (state_ != State::connecting) return nullptr;
  return &addresses_[(first_ + tried_ + address_count_ - 1) % address_count_];
}

void Stream::drop_descriptor() noexcept {
  wanted_.store(nothing);
  socket_.close();
  reply_left_ = false;
}

bool Stream::has_unread_bytes() const noexcept {
  char byte = 0;
  return ::recv(socket_.number(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

short Stream::events(Wanted wanted) noexcept {
  const int read = (wanted & want_read) != 0 ? POLLIN : 0;
  const int write = (wanted & want_write) != 0 ? POLLOUT : 0;
  return static_cast<short>(read | write);
}

void Stream::want(int descriptor, Wanted what) noexcept {
  const Wanted present = wanted_.load();
  const Wanted others = present != nothing && Stream::descriptor(present) == descriptor ? present & 3 : 0;
  wanted_.store(descriptor << 2 | others | what);
}

void Stream::no_longer_want(Wanted what) noexcept {
  const Wanted present = wanted_.load();
  const Wanted rest = present & ~what;
  wanted_.store((rest & 3) == 0 ? nothing : rest);
}

}  // namespace edgespan::posix
