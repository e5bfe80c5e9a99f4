// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace edgespan::test {

// A real HTTP server on 127.0.0.1 with a port and a thread of its own; it ends with the object. It answers
// every request with the same reply and keeps what it received.
class LoopbackServer {
 public:
  struct Behaviour {
    std::string reply = "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n";
    bool reads = true;                // false: accepts, then takes not one byte
    bool closes_after_reply = false;  // without having said so
    bool resets_on_first_byte = false;
    bool answers_first_byte =
        false;  // whatever it is, as a server does that is spoken to in another protocol
  };

  LoopbackServer() : LoopbackServer(Behaviour{}) {}

  explicit LoopbackServer(Behaviour behaviour) : behaviour_(std::move(behaviour)) {
    listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    const sockaddr_in any_port = loopback(0);
    sockaddr_in bound{};
    socklen_t size = sizeof bound;
    const bool ready = listener_ >= 0 && bind(listener_, as_any(any_port), sizeof any_port) == 0 &&
                       listen(listener_, 16) == 0 && getsockname(listener_, as_any(bound), &size) == 0 &&
                       pipe(stop_.data()) == 0;
    if (!ready) throw std::runtime_error("no listener on 127.0.0.1");
    port_ = ntohs(bound.sin_port);
    thread_ = std::thread([this] { serve(); });
  }

  LoopbackServer(const LoopbackServer&) = delete;
  LoopbackServer& operator=(const LoopbackServer&) = delete;

  ~LoopbackServer() {
    ::close(stop_[1]);  // the thread sees the other end
    thread_.join();
    for (const Connection& connection : connections_) ::close(connection.descriptor);
    ::close(stop_[0]);
    ::close(listener_);
  }

  std::uint16_t port() const { return port_; }
  std::string url(const std::string& path = "") const {
    return "http://127.0.0.1:" + std::to_string(port_) + path;
  }

  // Whole requests, head and body, in the order in which they were complete.
  std::vector<std::string> requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }
  std::size_t accepted() const {
    const std::lock_guard lock(mutex_);
    return accepted_;
  }

 private:
  struct Connection {
    int descriptor;
    std::string received;
  };

  static sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    return address;
  }
  static const sockaddr* as_any(const sockaddr_in& address) {
    return reinterpret_cast<const sockaddr*>(&address);
  }
  static sockaddr* as_any(sockaddr_in& address) { return reinterpret_cast<sockaddr*>(&address); }

  void serve() {
    for (;;) {
      std::vector<pollfd> watched{{stop_[0], POLLIN, 0}, {listener_, POLLIN, 0}};
      if (behaviour_.reads) {
        for (const Connection& each : connections_) watched.push_back({each.descriptor, POLLIN, 0});
      }
      poll(watched.data(), watched.size(), -1);
      if (watched[0].revents != 0) return;
      for (std::size_t i = watched.size(); i-- > 2;) {
        if (watched[i].revents != 0 && !read_from(connections_[i - 2])) {
          ::close(connections_[i - 2].descriptor);
          connections_.erase(connections_.begin() + static_cast<std::ptrdiff_t>(i - 2));
        }
      }
      if (watched[1].revents != 0) accept_one();
    }
  }

  void accept_one() {
    const int descriptor = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (descriptor < 0) return;
    connections_.push_back({descriptor, {}});
    const std::lock_guard lock(mutex_);
    ++accepted_;
  }

  // False: the connection is over.
  bool read_from(Connection& connection) {
    std::array<char, 4096> bytes;
    const ssize_t count = recv(connection.descriptor, bytes.data(), bytes.size(), 0);
    if (count <= 0) return false;
    if (behaviour_.resets_on_first_byte) {
      const linger at_once{1, 0};
      setsockopt(connection.descriptor, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
      return false;
    }
    if (behaviour_.answers_first_byte) {
      ::send(connection.descriptor, behaviour_.reply.data(), behaviour_.reply.size(), MSG_NOSIGNAL);
      return true;
    }
    connection.received.append(bytes.data(), static_cast<std::size_t>(count));
    while (take_request(connection)) {
      const std::string& reply = behaviour_.reply;
      if (::send(connection.descriptor, reply.data(), reply.size(), MSG_NOSIGNAL) < 0) return false;
      if (behaviour_.closes_after_reply) return false;
    }
    return true;
  }

  bool take_request(Connection& connection) {
    static const std::string head_end = "\r\n\r\n";
    static const std::string length_name = "Content-Length: ";
    std::string& received = connection.received;
    const std::size_t end = received.find(head_end);
    if (end == std::string::npos) return false;
    const std::size_t length_at = received.find(length_name);
    std::size_t whole = end + head_end.size();
    if (length_at < end) whole += std::strtoul(&received[length_at + length_name.size()], nullptr, 10);
    if (received.size() < whole) return false;
    const std::lock_guard lock(mutex_);
    requests_.push_back(received.substr(0, whole));
    received.erase(0, whole);
    return true;
  }

  const Behaviour behaviour_;
  int listener_ = -1;
  std::array<int, 2> stop_{-1, -1};
  std::uint16_t port_ = 0;
  std::vector<Connection> connections_;  // the thread's own until it has ended
  mutable std::mutex mutex_;             // over the rest
  std::vector<std::string> requests_;
  std::size_t accepted_ = 0;
  std::thread thread_;
};

}  // namespace edgespan::test
