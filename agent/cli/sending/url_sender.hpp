// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/sending/file_sender.hpp"
#include "cli/sending/http_span_sender.hpp"
#include "cli/sending/kafka_span_sender.hpp"
#include "cli/sending/packer.hpp"
#include "cli/sending/span_url.hpp"
#include "cli/sending/tls_stream.hpp"

#include <edgespan/posix_port.hpp>

#include <memory>
#include <string>
#include <vector>

namespace edgespan::cli {

struct SenderOptions {
  std::string url{};  // empty: as none:, the spans are counted as delivered and are gone
  TlsFiles tls{};
  bool gzip = false;  // http and https
  std::vector<Property>
      kafka_properties{};  // of the command's own client: what is about security counts here
};

// The sender that a URL asks for, with what it stands on. Pinned; ends after the reporter and before
// `tracing`.
class UrlSender {
 public:
  // For batches of up to `batch_bytes`. Throws UsageError if the options cannot be, RunError if the system
  // refuses something.
  UrlSender(const SenderOptions& options, posix::Port& port, KafkaTracing& tracing, std::size_t batch_bytes);
  UrlSender(const UrlSender&) = delete;
  UrlSender& operator=(const UrlSender&) = delete;

  const Sender& sender() const noexcept { return sender_; }

  // What packing did, as a line; empty without it.
  std::string gzip_line() const { return packer_ ? packer_->line() : std::string{}; }

  // Why spans do not get through and what to look at, as a sentence without a full stop; empty if nothing is
  // known against it. `reason` and `status` are those of the last offer. Not from two threads.
  std::string complaint(SendReason reason, unsigned status) const;

 private:
  void use_http(const SenderOptions& options, posix::Port& port, std::size_t batch_bytes);

  SpanUrl target_;
  std::string url_;
  std::string doctor_options_;  // that go with the URL
  std::unique_ptr<Packer> packer_;
  std::unique_ptr<HttpSpanSender> http_;
  std::unique_ptr<FileSender> file_;
  std::unique_ptr<KafkaSpanSender> kafka_;
  Sender sender_;
};

}  // namespace edgespan::cli
