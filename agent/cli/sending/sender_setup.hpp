// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/sending/file_sender.hpp"
#include "cli/sending/otlp_setup.hpp"
#include "cli/sending/packer.hpp"
#include "cli/sending/sender_options.hpp"
#include "cli/sending/span_producer_settings.hpp"
#include "cli/sending/span_url.hpp"
#include "cli/sending/tls_from_files.hpp"

#include <edgespan/agent_config.hpp>

#include <cstddef>
#include <memory>
#include <string>

namespace edgespan::cli {

// What the tool adds to the sender of an Agent: a sender to a file, certificates from files, compression,
// settings of librdkafka, and words for people. Pinned. It must outlive the agent.
class SenderSetup {
 public:
  // For batches of up to `batch_bytes`. Throws UsageError for options that do not fit the URL or cannot be
  // used.
  SenderSetup(const SenderOptions& options, std::size_t batch_bytes);
  SenderSetup(const SenderSetup&) = delete;
  SenderSetup& operator=(const SenderSetup&) = delete;

  // Fills in where the spans go. `config` must not outlive this object.
  void apply(AgentConfig& config) const;

  // What is wrong with the files of certificates, after a start that failed; empty if nothing is.
  std::string tls_problem() const { return tls_ ? tls_->problem() : std::string{}; }

  // What compression has saved, as a line; empty without --gzip.
  std::string gzip_line() const { return packer_ ? packer_->line() : std::string{}; }

  // Takes what is known of the agent's producer, if it has one. Before the agent stops.
  void listen_to(const SpanProducer& producer) const {
    if (kafka_) kafka_->listen_to(producer);
  }

  // Why the last offer was not delivered and what to do, as a sentence without a full stop; empty if no cause
  // is known. `outcome`, `cause` and `status` are those of that offer; `producer` is the agent's. One thread
  // at a time.
  std::string problem(Outcome outcome, TlsCause cause, unsigned status, const SpanProducer& producer) const;

 private:
  SpanUrl url_;
  std::string url_text_;
  std::string doctor_options_;  // what `edgespan doctor` needs beside the URL
  std::unique_ptr<OtlpSetup> otlp_;
  std::unique_ptr<Packer> packer_;
  std::unique_ptr<TlsFromFiles> tls_;
  std::unique_ptr<SpanProducerSettings> kafka_;
  std::unique_ptr<FileSender> file_;
  Sender file_table_{};
};

}  // namespace edgespan::cli
