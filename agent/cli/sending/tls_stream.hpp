// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/sending/span_url.hpp"

#include <edgespan/port.h>

#include <memory>
#include <string>

namespace edgespan::cli {

// Names of files that hold PEM or DER; empty: not given.
struct TlsFiles {
  std::string ca;           // the roots that are trusted; the system's own are not
  std::string certificate;  // this machine's
  std::string key;
};

// Details of a stream that could not be opened, beside its edgespan_stream_error.
struct TlsFailure {
  int alert = -1;  // that the peer has sent (RFC 8446, section 6); -1: none
  int depth = -1;  // of the rejected certificate: 0 the server's, 1 the one that signed it...; -1: none
};

// A stream that encrypts, made of another stream. Pinned.
class TlsStream {
 public:
  TlsStream() = default;
  TlsStream(const TlsStream&) = delete;
  TlsStream& operator=(const TlsStream&) = delete;
  virtual ~TlsStream() = default;
  virtual const edgespan_stream& stream() const noexcept = 0;
  virtual TlsFailure failure() const noexcept = 0;
};

// The files as options of a command line, each with a blank before it.
std::string tls_options(const TlsFiles& files);

// Throws UsageError if files are given with a URL that is not https.
void check_tls_files(const TlsFiles& files, const SpanUrl& url);

// Keeps references to `inner` and `clock`. Throws UsageError if a file cannot be used, or if this program was
// built without TLS.
std::unique_ptr<TlsStream> make_tls_stream(const TlsFiles& files, const edgespan_stream& inner,
                                           const edgespan_clock& clock);

}  // namespace edgespan::cli
