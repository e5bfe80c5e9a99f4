// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <edgespan/tls.hpp>

#include <mbedtls/ssl.h>
#include <mbedtls/x509_crt.h>

#include <array>
#include <cstddef>
#include <cstdint>

namespace edgespan::mbedtls {

inline constexpr std::size_t host_bytes_max = 253;  // the longest DNS name

// The worst that was found in a chain, and where.
struct ChainFault {
  int error = 0;  // edgespan_stream_error; 0: nothing
  int depth = -1;
  std::uint32_t flags = 0;
};

// The dates between which a whole chain is valid: its latest beginning and its earliest end.
struct Validity {
  mbedtls_x509_time from;
  mbedtls_x509_time until;
};

// A session that the server may resume. `host` and `port` are those of the last handshake that was started.
struct KeptSession {
#if EDGESPAN_TLS13
  static constexpr std::size_t bytes_max = 2560;  // one of TLS 1.2 then has the server's certificate in it
#else
  static constexpr std::size_t bytes_max = 512;
#endif
  std::size_t size = 0;  // 0: none
  std::uint16_t port = 0;
  Validity validity{};
  std::array<char, host_bytes_max + 1> host{};
  std::array<unsigned char, bytes_max> bytes{};
};

// Everything of a Tls but its counters and its report. Lies in the arena.
struct Tls::State {
  enum class Phase : std::uint8_t { closed, connecting, handshake, open };

  const edgespan_stream* inner = nullptr;
  const edgespan_clock* clock = nullptr;
  mbedtls_ssl_config config;
  mbedtls_ssl_context ssl;  // set up from the start of a handshake to the end of the stream
  mbedtls_x509_crt roots;
  mbedtls_x509_crt certificate;
  mbedtls_pk_context key;

  std::uint32_t roots_skipped = 0;
  KeptSession kept;
  Phase phase = Phase::closed;

  // Of the present attempt or stream.
  int inner_error = 0;                  // why the inner stream ended; 0: it has not
  std::uint32_t failed_before = 0;      // allocations that had failed when it began
  std::uint32_t no_entropy_before = 0;  // requests for entropy that had
  std::size_t left_bytes = 0;           // that may still be taken from the peer in this handshake or call
  std::size_t unsent_bytes = 0;  // offered by the send() whose record is not yet all with the inner stream
  bool starved = false;          // the inner stream had nothing to read
  std::uint8_t early_count = 0;  // of bytes in `early`
  std::array<unsigned char, 7> early{};  // received ahead of mbedTLS, see refused(); an alert is as long
  bool offered = false;                  // the kept session
  bool chain_seen = false;               // the server has shown certificates
  ChainFault fault;
  Validity validity{};  // of the chain seen
};

}  // namespace edgespan::mbedtls
