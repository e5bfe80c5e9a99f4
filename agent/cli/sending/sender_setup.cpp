// SPDX-License-Identifier: Apache-2.0
#include "cli/sending/sender_setup.hpp"

#include "cli/io/tool_errors.hpp"
#include "cli/sending/send_failure.hpp"

#include <system_error>

namespace edgespan::cli {

SenderSetup::SenderSetup(const SenderOptions& options, std::size_t batch_bytes)
    : url_text_{options.url.empty() ? "none:" : options.url}, doctor_options_{tls_options(options.tls)} {
  const std::string wrong = parse_span_url(url_text_, url_);
  if (!wrong.empty()) throw UsageError{"--zipkin: " + wrong};
  if (options.gzip && !url_.is_web()) throw UsageError{"--gzip is for http, https, otlp and otlps alone"};
  check_tls_files(options.tls, url_);
  if (url_.otlp) otlp_ = std::make_unique<OtlpSetup>(batch_bytes);
  if (options.gzip) packer_ = make_packer(batch_bytes);
  if (url_.kind == SpanUrl::Kind::https) tls_ = read_tls_files(options.tls);
  if (url_.kind == SpanUrl::Kind::kafka)
    kafka_ = std::make_unique<SpanProducerSettings>(options.kafka_properties);
  if (url_.kind == SpanUrl::Kind::file) {
    file_ = std::make_unique<FileSender>(url_.file);
    file_table_ = file_->sender();
  }
}

void SenderSetup::apply(AgentConfig& config) const {
  if (file_) {
    config.sender = &file_table_;
  } else {
    config.url = url_text_;
  }
  if (otlp_) config.http.dialect = &otlp_->table();
  if (packer_) config.http.gzip = &packer_->table();
  if (tls_) config.tls = &tls_->table();
  if (kafka_) config.span_producer_conf = kafka_->conf();
}

std::string SenderSetup::problem(Outcome outcome, TlsCause cause, unsigned status,
                                 const SpanProducer& producer) const {
  // A message that librdkafka still holds has not failed, but is not delivered either.
  const bool failed = outcome != Outcome::pending && outcome != Outcome::delivered;
  const std::string words = otlp_ ? otlp_->take_words() : std::string{};
  std::string said = words.empty() ? "" : "the collector says: " + words;
  if (!failed && !kafka_) return said;
  const std::string text = "the last offer of spans to " + url_text_ + " failed: ";
  if (file_) {
    return text + std::generic_category().message(file_->last_error()) + "; make room, or name another file";
  }
  if (kafka_) return text + kafka_->problem(producer) + "; check brokers, topic and permissions";
  return text + send_failure_text(outcome, cause, status) + (said.empty() ? "" : "; " + said) +
         "; check the URL and that the collector runs, or ask edgespan doctor " + url_text_ + doctor_options_;
}

}  // namespace edgespan::cli
