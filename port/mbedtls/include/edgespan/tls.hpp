// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <edgespan/port.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace edgespan::mbedtls {

// The largest records that can be received and sent, chosen by the build: EDGESPAN_TLS_IN_BYTES and
// _OUT_BYTES. The whole certificate chain of the server must fit into `in_bytes`.
inline constexpr std::size_t in_bytes = EDGESPAN_TLS_IN_BYTES;
inline constexpr std::size_t out_bytes = EDGESPAN_TLS_OUT_BYTES;

// An arena that suffices for one root and a server with a chain of RSA-2048 or P-256 keys (measured:
// README.md). Longer keys, further roots and a client certificate need more;
// counters().arena_high_water_bytes tells how much.
inline constexpr std::size_t arena_bytes =
    in_bytes + out_bytes + (sizeof(void*) > 4 ? 18 : 14) * 1024 + EDGESPAN_TLS13 * 6 * 1024;

// An arena for roots of so many bytes, PEM or DER, and a certificate and key of this client's: parsed roots
// take less than twice their text.
constexpr std::size_t arena_bytes_for(std::size_t roots_bytes) noexcept {
  return arena_bytes + 16 * 1024 + 2 * roots_bytes;
}

struct Arena {
  alignas(std::max_align_t) std::array<std::byte, arena_bytes> bytes;
};

// Certificates or a key, as DER, or as PEM with its terminating NUL counted (see pem()). The bytes are kept,
// not copied.
using Encoded = std::span<const std::byte>;

// PEM from a text behind which a NUL stands, as behind literals and std::string.
inline Encoded pem(std::string_view nul_terminated) noexcept {
  return {reinterpret_cast<const std::byte*>(nul_terminated.data()), nul_terminated.size() + 1};
}

struct Config {
  // One or more; nothing else is trusted. Those of a kind that this TLS cannot read are skipped, and counted.
  Encoded roots{};
  Encoded
      certificate{};  // this client's, followed by those between it and its root; empty: the client has none
  Encoded key{};      // that certificate's; RSA, P-256 or P-384, not encrypted
};

enum class Result : std::uint8_t {
  ok,
  in_use,     // this or another Tls of the process is initialised; mbedTLS has one allocator and one clock
  bad_table,  // a function is missing in `inner` or `clock`
  bad_roots,  // none, or none that can be read
  bad_certificate,  // of the client
  bad_key,          // cannot be read, is encrypted, or belongs to another certificate
  no_entropy,       // a client's key cannot be checked before the platform has entropy
  no_memory,        // the arena is too small
};

// Why the last attempt failed, or what the present one waits for.
struct Report {
  int error = 0;   // edgespan_stream_error; 0: nothing is wrong
  int code = 0;    // mbedTLS' own (MBEDTLS_ERR_*); 0: TLS itself did not fail
  int alert = -1;  // the alert that the peer sent (RFC 8446, section 6), such as 40, handshake_failure
  int depth = -1;  // of the certificate in question: 0 the server's, 1 the one that signed it...
  std::uint32_t flags = 0;  // everything that is wrong with the chain (MBEDTLS_X509_BADCERT_*)
};

struct Counters {
  std::uint32_t handshakes = 0;     // handshakes that succeeded
  std::uint32_t resumed = 0;        // of these, those that resumed a kept session, without certificates
  std::uint32_t failures = 0;       // attempts that ended before the stream was open, for whatever reason
  std::uint32_t arena_blocks = 0;   // blocks that are allocated now
  std::uint32_t roots_skipped = 0;  // of Config::roots: they cannot be read, and are not trusted
  std::uint32_t arena_high_water_bytes = 0;  // the size of arena that would have sufficed so far
};

// TLS 1.2 (1.3 too with EDGESPAN_TLS13) as a client, over another stream: what is behind an edgespan_stream
// that an HttpSender can be given. The server's chain, its dates and its name are always checked; nothing
// switches that off. Without a wall clock or entropy, open() waits and sends nothing.
//
// Nothing blocks: open(), send() and recv() go as far as the bytes of the inner stream allow. One call may
// compute the public-key arithmetic of a whole flight of the handshake. A session that the server offers is
// kept in the arena. The next handshake with the same host and port resumes it, as long as the chain it was
// made with is valid.
//
// mbedTLS has one allocator and one clock for the process, and both are this object's from init() to stop().
// So at most one Tls is initialised at any time, and nothing else in the process may use this copy of mbedTLS
// meanwhile. Neither copied nor moved.
class Tls {
 public:
  Tls() noexcept;
  Tls(const Tls&) = delete;
  Tls& operator=(const Tls&) = delete;
  ~Tls() { stop(); }

  // Uses no memory but `arena`. The arena, both tables and the bytes that `config` names must stay until
  // stop(). Nobody else may use `inner` from now on. Call before the stream is used, on any thread.
  Result init(std::span<std::byte> arena, const edgespan_stream& inner, const edgespan_clock& clock,
              const Config& config) noexcept;
  Result init(Arena& arena, const edgespan_stream& inner, const edgespan_clock& clock,
              const Config& config) noexcept {
    return init(arena.bytes, inner, clock, config);
  }

  // Closes the stream and fills the arena, which held keys, with zeros. init() may follow. Not while another
  // thread may be inside a call of the stream.
  void stop() noexcept;

  // Valid as long as this object. Before init() and after stop() every call of it fails. After a send() that
  // took 0 bytes, the next send() must offer at least the same bytes again, because they are encrypted
  // already.
  const edgespan_stream& stream() const noexcept { return table_; }

  // Any thread. A report that is read while an attempt ends may mix values of two attempts.
  Report report() const noexcept;
  Counters counters() const noexcept;

  struct State;  // in the arena

 private:
  int open(const char* host, std::uint16_t port) noexcept;
  std::int32_t send(const void* bytes, std::size_t n) noexcept;
  std::int32_t recv(void* bytes, std::size_t n) noexcept;
  void close() noexcept;
  int start(const char* host, std::uint16_t port) noexcept;
  int handshake() noexcept;
  int fail(int code) noexcept;
  int wait_for(int error) noexcept;
  void release() noexcept;
  void publish(const Report& report) noexcept;
  void count_arena() noexcept;

  edgespan_stream table_;
  State* state_ = nullptr;
  std::atomic<int> error_{0}, code_{0}, alert_{-1}, depth_{-1};
  std::atomic<std::uint32_t> flags_{0};
  std::atomic<std::uint32_t> handshakes_{0}, resumed_{0}, failures_{0}, arena_blocks_{0}, roots_skipped_{0},
      arena_high_water_{0};
};

}  // namespace edgespan::mbedtls
