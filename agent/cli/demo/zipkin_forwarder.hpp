// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/sending/http_span_sender.hpp"
#include "cli/sending/url_sender.hpp"

#include <edgespan/posix_port.hpp>

#include <memory>
#include <mutex>
#include <string>

namespace edgespan::cli {

// Passes bodies on to a Zipkin, by the sender that the agent uses. Any thread; pinned.
class ZipkinForwarder {
 public:
  // Posts an empty list first, which Zipkin accepts and does not store: that shows that somebody listens who
  // takes spans. Throws UsageError for what is no http or https, RunError if it does not answer so.
  explicit ZipkinForwarder(const SenderOptions& options);
  ZipkinForwarder(const ZipkinForwarder&) = delete;
  ZipkinForwarder& operator=(const ZipkinForwarder&) = delete;

  // The status of Zipkin's answer; 503 if there was none. Anything but 2xx comes with a sentence.
  unsigned post(const std::string& body, std::string& error);

 private:
  SpanUrl target_;
  std::string tls_;  // options that go with the URL
  std::mutex mutex_;
  posix::Port port_;
  std::unique_ptr<HttpSpanSender> uplink_;
};

}  // namespace edgespan::cli
