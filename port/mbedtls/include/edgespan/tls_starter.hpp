// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <edgespan/port.h>

#include <cstddef>
#include <edgespan/tls.hpp>
#include <span>

namespace edgespan::mbedtls {

// A Tls that whoever opens an https:// URL starts and stops, over a stream of its own. The address of its
// table goes into AgentConfig::tls. Pinned; outlives what uses the table, so a static one is declared before
// its agent.
class TlsStarter {
 public:
  // Keeps `arena`.
  explicit TlsStarter(std::span<std::byte> arena) noexcept;
  explicit TlsStarter(Arena& arena) noexcept : TlsStarter(arena.bytes) {}
  TlsStarter(const TlsStarter&) = delete;
  TlsStarter& operator=(const TlsStarter&) = delete;

  // What the next start takes. Keeps the bytes that `config` names; they are not read before that start.
  void configure(const Config& config) noexcept { config_ = config; }

  // Valid as long as this object.
  const edgespan_tls& table() const noexcept { return table_; }

  // For its report() and its counters().
  const Tls& tls() const noexcept { return tls_; }

 private:
  const edgespan_stream* start(const edgespan_stream& inner, const edgespan_clock& clock,
                               const char*& problem) noexcept;

  edgespan_tls table_;
  std::span<std::byte> arena_;
  Config config_{};
  Tls tls_;
};

}  // namespace edgespan::mbedtls
