// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/sending/span_url.hpp"

#include <string>

namespace edgespan::cli {

// Names of files that hold PEM or DER; empty: not given.
struct TlsFiles {
  std::string ca;           // the roots that are trusted; the system's own are not
  std::string certificate;  // this machine's
  std::string key;
};

// The files as options of a command line, each with a blank before it.
std::string tls_options(const TlsFiles& files);

// Throws UsageError if files are given with a URL that is not https.
void check_tls_files(const TlsFiles& files, const SpanUrl& url);

}  // namespace edgespan::cli
