// SPDX-License-Identifier: Apache-2.0
// The other end of a TLS connection, in memory: OpenSSL as a server behind the tables that a TLS stream
// stands on.
#pragma once

#include <edgespan/port.h>

#include <openssl/ssl.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "certificates.hpp"

namespace edgespan::test {

// A clock that stands where it is put, and entropy that is the same for the same seed.
struct FixedClock {
  std::int64_t wall_s = now_s;
  bool has_entropy = true;
  std::mt19937_64 random{1};
  edgespan_clock table;

  FixedClock();
  FixedClock(const FixedClock&) = delete;
  FixedClock& operator=(const FixedClock&) = delete;
};

// How a connection in memory treats the bytes that the server sends.
struct Wire {
  std::size_t recv_bytes = SIZE_MAX;  // given by one call at most
  std::size_t send_bytes = SIZE_MAX;  // taken by one call at most
  bool gaps = false;                  // every other call gives or takes nothing
  std::size_t cut_at = SIZE_MAX;      // after so many bytes given the connection ends with `end`
  int end = EDGESPAN_STREAM_CLOSED;
  std::size_t flip_at = SIZE_MAX;  // this byte arrives with one bit changed
  int open_result = 1;
  int open_waits = 0;  // calls of open that answer 0 first
};

// An edgespan_stream on bytes in memory. Derived classes say what comes from the peer.
class MemoryStream {
 public:
  MemoryStream();
  MemoryStream(const MemoryStream&) = delete;
  MemoryStream& operator=(const MemoryStream&) = delete;
  virtual ~MemoryStream() = default;

  Wire wire;
  edgespan_stream table;
  std::string given;  // to the client on this connection
  std::string taken;  // from the client on this connection
  int opens = 0;      // connections so far
  int closes = 0;     // calls of close
  bool is_open = false;

 protected:
  virtual void on_open() = 0;
  virtual void on_bytes(const char* bytes, std::size_t n) = 0;
  std::string outbox_;  // what the client may still take

 private:
  int open();
  std::int32_t send(const char* bytes, std::size_t n);
  std::int32_t recv(char* bytes, std::size_t n);
  void close();

  bool recv_gap_ = false;
  bool send_gap_ = false;
  int waited_ = 0;
};

struct Server {
  std::vector<Identity> chain{};  // its own certificate first
  std::string client_roots{};     // PEM; not empty: a client has to show a certificate
  int version_min = TLS1_2_VERSION;
  int version_max = EDGESPAN_TLS13 ? TLS1_3_VERSION : TLS1_2_VERSION;  // the newest that the client has
  std::string ciphers{};                                               // OpenSSL's default if empty
};

class TlsPeer : public MemoryStream {
 public:
  explicit TlsPeer(const Server& server);

  // On the present connection.
  void say(const std::string& text);
  void close_notify();
  std::string heard;  // application data from the client
  bool shaken() const { return SSL_is_init_finished(ssl_.get()) == 1; }
  bool resumed() const { return SSL_session_reused(ssl_.get()) == 1; }
  bool heard_close() const { return (SSL_get_shutdown(ssl_.get()) & SSL_RECEIVED_SHUTDOWN) != 0; }
  std::string alpn() const;         // that was agreed on
  std::string server_name() const;  // that the client asked for
  std::string client_name() const;  // of its certificate
  std::string cipher() const { return SSL_get_cipher(ssl_.get()); }
  std::string version() const { return SSL_get_version(ssl_.get()); }

 private:
  void on_open() override;
  void on_bytes(const char* bytes, std::size_t n) override;
  void pump();

  std::shared_ptr<SSL_CTX> context_;
  std::shared_ptr<SSL> ssl_;
};

// What a server once said, said again to a client that does the same again.
class Replay : public MemoryStream {
 public:
  explicit Replay(std::string said) : said_(std::move(said)) {}

 private:
  void on_open() override { outbox_ = said_; }
  void on_bytes(const char*, std::size_t) override {}

  std::string said_;
};

}  // namespace edgespan::test
