// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/sending/span_url.hpp"
#include "cli/sending/tls_stream.hpp"

#include <edgespan/port.h>
#include <edgespan/http_sender.hpp>

#include <memory>
#include <string>

namespace edgespan::cli {

// A sender over http or https, with the TLS that it stands on. Pinned.
class HttpSpanSender {
 public:
  // Keeps references to `stream` and `clock`. Throws UsageError if the certificates cannot be used, RunError
  // if the sender does not start.
  HttpSpanSender(const SpanUrl& url, const TlsFiles& files, const edgespan_stream& stream,
                 const edgespan_clock& clock, const HttpConfig& config = {});
  HttpSpanSender(const HttpSpanSender&) = delete;
  HttpSpanSender& operator=(const HttpSpanSender&) = delete;

  Sender sender() noexcept { return sender_.sender(); }

 private:
  std::unique_ptr<TlsStream> tls_;  // null: plain http
  HttpSender sender_;
};

// Why an offer failed, for people. `status` is the reply's; 0 if there was none.
std::string send_failure_text(SendReason reason, unsigned status);

}  // namespace edgespan::cli
