// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/sending/sender_options.hpp"
#include "cli/sending/span_url.hpp"
#include "cli/sending/tls_from_files.hpp"

#include <edgespan/http_sender.hpp>
#include <edgespan/posix_port.hpp>

#include <memory>
#include <mutex>
#include <string>

namespace edgespan::cli {

// Forwards bodies of posts to a Zipkin, through the agent's own HttpSender. Any thread. Pinned.
class ZipkinForwarder {
 public:
  // Posts an empty list first, which Zipkin accepts and does not store, to see that a collector is there.
  // Throws UsageError for a URL that is neither http nor https, RunError if the post is not accepted.
  explicit ZipkinForwarder(const SenderOptions& options);
  ZipkinForwarder(const ZipkinForwarder&) = delete;
  ZipkinForwarder& operator=(const ZipkinForwarder&) = delete;

  // Returns the status of Zipkin's reply; 503 if there was none. `error` gets a sentence unless it is 2xx.
  unsigned post(const std::string& body, std::string& error);

 private:
  SpanUrl url_;
  std::string doctor_options_;  // what `edgespan doctor` needs beside the URL
  std::mutex mutex_;
  posix::Port port_;
  std::unique_ptr<TlsFromFiles> tls_;  // null: plain http
  HttpSender sender_;
};

}  // namespace edgespan::cli
