// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/sending/tls_files.hpp"

#include <edgespan/port.h>

#include <cstdint>
#include <memory>
#include <string>

namespace edgespan::cli {

// Details of an encrypted stream that could not be opened, beside its edgespan_stream_error.
struct TlsFailure {
  int alert = -1;  // that the peer has sent (RFC 8446, section 6); -1: none
  int depth = -1;  // of the rejected certificate: 0 the server's, 1 the one that signed it...; -1: none
};

// TLS with certificates from files, for whoever opens an https:// URL. At most one is in use in a process,
// since mbedTLS has one allocator. Pinned; must outlive what uses its table.
class TlsFromFiles {
 public:
  TlsFromFiles() = default;
  TlsFromFiles(const TlsFromFiles&) = delete;
  TlsFromFiles& operator=(const TlsFromFiles&) = delete;
  virtual ~TlsFromFiles() = default;

  virtual const edgespan_tls& table() const noexcept = 0;

  // Starts it over `inner` and returns the encrypted stream. Both references are kept. Throws UsageError if a
  // file cannot be used.
  const edgespan_stream& start(const edgespan_stream& inner, const edgespan_clock& clock);

  // How many of the roots are of a kind that this TLS cannot read, and are not trusted.
  virtual std::uint32_t roots_skipped() const noexcept = 0;
  // Of the last attempt to open the stream.
  virtual TlsFailure failure() const noexcept = 0;
  // What was wrong at the last start, and with which file; empty if nothing was.
  virtual const std::string& problem() const noexcept = 0;
};

// Reads the files. Throws UsageError if one cannot be read or is missing, or if this program was built
// without TLS.
std::unique_ptr<TlsFromFiles> read_tls_files(const TlsFiles& files);

}  // namespace edgespan::cli
