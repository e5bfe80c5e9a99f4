// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <edgespan/port.h>
#include <edgespan/own_socket.hpp>

#include <netinet/in.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace edgespan::posix {

union Address {
  sockaddr any;
  sockaddr_in v4;
  sockaddr_in6 v6;
};

inline constexpr std::size_t addresses_max = 8;  // of one name; addresses beyond that are not tried

struct Lookup;  // a name being resolved, see resolver.hpp

// One non-blocking TCP connection: what is behind the port's edgespan_stream. Calls come from the thread
// inside the reporter's step; wanted() and settle() may come from another.
class Stream {
 public:
  Stream() = default;
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  ~Stream() { close(); }

  // How long sent data may stay unacknowledged before the peer counts as gone (TCP_USER_TIMEOUT). 0: the
  // system's own limit.
  void set_user_timeout(std::uint32_t ms) noexcept { user_timeout_ms_ = ms; }

  int open(const char* host, std::uint16_t port) noexcept;
  std::int32_t send(const void* bytes, std::size_t n) noexcept;
  std::int32_t recv(void* bytes, std::size_t n) noexcept;
  void close() noexcept;

  // In a forked child, as edgespan_fork_listener says: closes this process' copy of the descriptor. The
  // parent's connection goes on, and nothing that is done here reaches it.
  void forked() noexcept;

  // Whether the host's name is still being resolved.
  bool resolving() const noexcept { return state_ == State::resolving; }
  // The address that is connected, or being connected to; null in any other state.
  const Address* peer() const noexcept;

  // What to poll for: a descriptor and poll(2) events, packed; the value `nothing` if there is nothing to
  // wait for.
  using Wanted = std::int32_t;
  static constexpr Wanted nothing = 0;
  static int descriptor(Wanted wanted) noexcept { return wanted >> 2; }
  static short events(Wanted wanted) noexcept;
  Wanted wanted() const noexcept { return wanted_.load(std::memory_order_acquire); }
  // Tells the stream that `seen` became ready. It is polled for again only after another call had to wait;
  // otherwise a step that does not touch a ready stream would keep the poller spinning.
  void settle(Wanted seen) noexcept { wanted_.compare_exchange_strong(seen, nothing); }

 private:
  enum class State : std::uint8_t { closed, resolving, connecting, open };
  static constexpr Wanted want_read = 1;
  static constexpr Wanted want_write = 2;

  int begin(const char* host, std::uint16_t port) noexcept;
  int resolve() noexcept;
  int try_addresses() noexcept;
  int start_connecting(const Address& address) noexcept;
  int finish_connecting() noexcept;
  void drop_descriptor() noexcept;
  bool usable() noexcept;
  bool has_unread_bytes() const noexcept;
  void want(int descriptor, Wanted what) noexcept;
  void no_longer_want(Wanted what) noexcept;

  std::atomic<Wanted> wanted_{nothing};
  OwnSocket socket_;
  State state_ = State::closed;
  bool reply_left_ = false;  // send() failed, and unread bytes of the peer are left for the caller
  std::uint16_t port_ = 0;
  std::uint32_t user_timeout_ms_ = 0;
  Lookup* lookup_ = nullptr;            // while resolving
  int error_ = EDGESPAN_STREAM_FAILED;  // of the last address tried
  std::size_t address_count_ = 0;
  std::size_t tried_ = 0;
  std::size_t first_ =
      0;  // the address to begin with next time: the one that worked, or the one after a hang
  std::array<Address, addresses_max> addresses_{};
};

}  // namespace edgespan::posix
