// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <edgespan/port.h>
#include <edgespan/settings.hpp>

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "attach/certificate_file.hpp"
#include "attach/problem_text.hpp"

#if EDGESPAN_ATTACH_TLS
#include <edgespan/tls_starter.hpp>
#endif

namespace edgespan::attach {

// TLS with the certificates that settings name, for a URL of https:// or otlps://. One thread at a time.
class PluginTls {
 public:
  // Reads the files that somebody has named, and tries whether they can be used. A file that nobody has named
  // is no fault here, since settings are made one by one. False: `problem` says which file is wrong. Not
  // while the agent runs in this process.
  bool check(const Settings& settings, ProblemText& problem) noexcept;

  // The same for all that a start takes: without `tls_ca` the roots that the system trusts. Then table() is
  // ready.
  bool prepare(const Settings& settings, ProblemText& problem) noexcept;

  // For AgentConfig::tls, once prepare() was true; valid as long as this object.
  const edgespan_tls& table() const noexcept;

  // What prepare() has mapped.
  std::size_t mapped_bytes() const noexcept;

 private:
#if EDGESPAN_ATTACH_TLS
  static constexpr std::size_t files = 3;  // roots, certificate, key
  using Path = std::array<char, 128>;

  bool read(std::size_t index, std::string_view path, ProblemText& problem) noexcept;
  bool read_named(const Settings& settings, ProblemText& problem) noexcept;
  bool read_system_roots(ProblemText& problem) noexcept;
  bool try_out(ProblemText& problem) noexcept;
  bool map_arena() noexcept;
  bool has(std::size_t index) const noexcept { return paths_[index].front() != '\0'; }

  std::array<Path, files> paths_{};  // of what was read
  std::array<CertificateFile, files> read_{};
  std::span<std::byte> arena_{};
  std::optional<mbedtls::TlsStarter> starter_{};  // once these files were tried out
#endif
};

}  // namespace edgespan::attach
