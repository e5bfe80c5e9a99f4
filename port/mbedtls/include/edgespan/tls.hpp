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

// The largest record that can be received and sent, as it was built: EDGESPAN_TLS_IN_BYTES and _OUT_BYTES. A
// whole certificate chain of the server has to fit into the former.
inline constexpr std::size_t in_bytes = EDGESPAN_TLS_IN_BYTES;
inline constexpr std::size_t out_bytes = EDGESPAN_TLS_OUT_BYTES;

// Enough for one root and a server with a chain of RSA-2048 or P-256 (README.md has what was measured).
// Longer keys, further roots and a client certificate need more; counters().arena_high_water_bytes says how
// much.
inline constexpr std::size_t arena_bytes =
    in_bytes + out_bytes + (sizeof(void*) > 4 ? 18 : 14) * 1024 + EDGESPAN_TLS13 * 6 * 1024;

struct Arena {
  alignas(std::max_align_t) std::array<std::byte, arena_bytes> bytes;
};

// Certificates and keys as DER, or as PEM whose terminating NUL is counted; see pem(). The bytes are kept.
using Encoded = std::span<const std::byte>;

// PEM from a text that ends with a NUL, as literals and std::string::c_str() do.
inline Encoded pem(std::string_view nul_terminated) noexcept {
  return {reinterpret_cast<const std::byte*>(nul_terminated.data()), nul_terminated.size() + 1};
}

struct Config {
  Encoded roots{};  // one or more; nothing else is trusted
  Encoded
      certificate{};  // this client's, followed by those between it and its root; empty: the client has none
  Encoded key{};      // that certificate's; RSA, P-256 or P-384, not encrypted
};

enum class Result : std::uint8_t {
  ok,
  in_use,           // this or another Tls of the process is initialised: mbedTLS has one memory and one clock
  bad_table,        // a function is missing in `inner` or `clock`
  bad_roots,        // none, or one that cannot be read
  bad_certificate,  // of the client
  bad_key,          // cannot be read, is encrypted, or belongs to another certificate
  no_entropy,       // a client's key cannot be checked before the platform has entropy
  no_memory,        // the arena is too small
};

// Why the last attempt failed or what the present one waits for.
struct Report {
  int error = 0;            // edgespan_stream_error; 0: nothing is wrong
  int code = 0;             // mbedTLS' own (MBEDTLS_ERR_*); 0: the failure was not TLS'
  int alert = -1;           // that the peer sent (RFC 8446, section 6), such as 40: handshake_failure
  int depth = -1;           // of the certificate in question: 0 the server's, 1 the one that signed it...
  std::uint32_t flags = 0;  // all that was wrong with the chain (MBEDTLS_X509_BADCERT_*)
};

struct Counters {
  std::uint32_t handshakes = 0;  // that succeeded
  std::uint32_t resumed = 0;     // of these: without certificates, by the session kept from an earlier one
  std::uint32_t failures = 0;    // attempts that ended before the stream was open, for whatever reason
  std::uint32_t arena_blocks = 0;
  std::uint32_t arena_high_water_bytes = 0;  // an arena of this size would have done so far
};

// TLS 1.2 (1.3 too with EDGESPAN_TLS13) as a client, over another stream: what is behind an edgespan_stream
// that an HttpSender can be given. The server's chain, its dates and its name are always checked; there is no
// way not to. Without a wall clock, or without entropy, open() waits and has sent nothing.
//
// Nothing blocks: open() goes on with the handshake as far as the inner stream's bytes allow, send() and
// recv() the same. One call may have to work through a whole flight of the handshake, which is public-key
// arithmetic. A session that the server offers is kept in the arena and taken up again by the next handshake
// with the same host and port, until a date of the chain it was made with is over.
//
// mbedTLS has one allocator and one clock for the process, and both become this object's: at most one Tls is
// initialised at any time, and nothing else in the process uses this copy of mbedTLS meanwhile. Pinned.
class Tls {
 public:
  Tls() noexcept;
  Tls(const Tls&) = delete;
  Tls& operator=(const Tls&) = delete;
  ~Tls() { stop(); }

  // All memory that is ever used is `arena`; it, the tables and the bytes of `config` are kept until stop().
  // `inner` is this object's alone from now on. Call before the stream is used, on any thread.
  Result init(std::span<std::byte> arena, const edgespan_stream& inner, const edgespan_clock& clock,
              const Config& config) noexcept;
  Result init(Arena& arena, const edgespan_stream& inner, const edgespan_clock& clock,
              const Config& config) noexcept {
    return init(arena.bytes, inner, clock, config);
  }

  // Closes the stream and leaves the arena, which held keys, empty and zero. init() may follow. As the
  // stream's own calls: not while another thread may be inside one.
  void stop() noexcept;

  // As long as this object lives. Before init() and after stop() it fails every call. After send() took 0
  // bytes the next send() offers at least the same bytes again: they are encrypted already.
  const edgespan_stream& stream() const noexcept { return table_; }

  // Any thread. Read while an attempt ends, a report may mix two.
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
  std::atomic<std::uint32_t> handshakes_{0}, resumed_{0}, failures_{0}, arena_blocks_{0},
      arena_high_water_{0};
};

}  // namespace edgespan::mbedtls
