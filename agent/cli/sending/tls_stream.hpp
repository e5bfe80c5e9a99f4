// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/sending/span_url.hpp"

#include <edgespan/port.h>

#include <memory>
#include <string>

namespace edgespan::cli {

// Names of files, PEM or DER; empty: not given.
struct TlsFiles {
  std::string ca;           // one root or a few; nothing else is trusted, the system's bundle neither
  std::string certificate;  // this client's
  std::string key;
};

// Why a stream could not be opened, beyond its edgespan_stream_error.
struct TlsFailure {
  int alert = -1;  // that the peer sent (RFC 8446, section 6)
  int depth = -1;  // of the certificate in question: 0 the server's, 1 the one that signed it...
};

// A stream that encrypts; keeps the streams and clocks it is made of, and the contents of the files.
class TlsStream {
 public:
  TlsStream() = default;
  TlsStream(const TlsStream&) = delete;
  TlsStream& operator=(const TlsStream&) = delete;
  virtual ~TlsStream() = default;
  virtual const edgespan_stream& stream() const noexcept = 0;
  virtual TlsFailure failure() const noexcept = 0;
};

// As a command line has them, each with a blank before it.
std::string tls_options(const TlsFiles& files);

// Throws UsageError if files are given to a URL that has no use for them.
void check_tls_files(const TlsFiles& files, const SpanUrl& target);

// Throws UsageError if a file cannot be used, or if this program was built without TLS.
std::unique_ptr<TlsStream> make_tls_stream(const TlsFiles& files, const edgespan_stream& inner,
                                           const edgespan_clock& clock);

}  // namespace edgespan::cli
