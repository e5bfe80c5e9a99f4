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
  std::string url{};  // empty, or none: - spans are counted as delivered and go nowhere
  TlsFiles tls{};     // https
  bool gzip = false;  // http and https
  std::vector<Property> kafka_properties{};  // kafka: of the command's client; those about security count
};

// The sender that a URL asks for, with what it stands on. Pinned. It must outlive the reporter that uses it;
// the KafkaTracing must outlive it.
class UrlSender {
 public:
  // For batches of up to `batch_bytes`. Throws UsageError for options that do not fit the URL or cannot be
  // used, RunError if the system refuses something.
  UrlSender(const SenderOptions& options, posix::Port& port, KafkaTracing& tracing, std::size_t batch_bytes);
  UrlSender(const UrlSender&) = delete;
  UrlSender& operator=(const UrlSender&) = delete;

  const Sender& sender() const noexcept { return sender_; }

  // What compression has saved, as a line; empty without --gzip.
  std::string gzip_line() const { return packer_ ? packer_->line() : std::string{}; }

  // Why the last offer was not delivered and what to do, as a sentence without a full stop; empty if no cause
  // is known. `reason` and `status` are those of that offer. One thread at a time.
  std::string problem(SendReason reason, unsigned status) const;

 private:
  void use_http(const SenderOptions& options, posix::Port& port, std::size_t batch_bytes);

  SpanUrl url_;
  std::string url_text_;
  std::string doctor_options_;  // what `edgespan doctor` needs beside the URL
  std::unique_ptr<Packer> packer_;
  std::unique_ptr<HttpSpanSender> http_;
  std::unique_ptr<FileSender> file_;
  std::unique_ptr<KafkaSpanSender> kafka_;
  Sender sender_;
};

}  // namespace edgespan::cli
