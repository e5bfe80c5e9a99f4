// SPDX-License-Identifier: Apache-2.0
#include "cli/sending/url_sender.hpp"

#include "cli/io/tool_errors.hpp"

#include <system_error>

namespace edgespan::cli {
namespace {

// Counts every batch as delivered and forgets it.
Sender null_sender() noexcept {
  const auto offer = [](void*, std::span<const std::byte>, std::uint64_t) {
    SendResult result;
    result.state = SendState::delivered;
    return result;
  };
  return {nullptr, offer, [](void*) {}};
}

}  // namespace

UrlSender::UrlSender(const SenderOptions& options, posix::Port& port, KafkaTracing& tracing,
                     std::size_t batch_bytes)
    : url_text_{options.url}, doctor_options_{tls_options(options.tls)}, sender_{null_sender()} {
  const std::string wrong = url_text_.empty() ? std::string{} : parse_span_url(url_text_, url_);
  if (!wrong.empty()) throw UsageError{"--zipkin: " + wrong};
  if (options.gzip && !url_.is_web()) throw UsageError{"--gzip is for --zipkin http:// and https:// alone"};
  check_tls_files(options.tls, url_);
  switch (url_.kind) {
    case SpanUrl::Kind::none:
      break;
    case SpanUrl::Kind::http:
    case SpanUrl::Kind::https:
      use_http(options, port, batch_bytes);
      break;
    case SpanUrl::Kind::kafka:
      kafka_ = std::make_unique<KafkaSpanSender>(url_, options.kafka_properties, tracing);
      sender_ = kafka_->sender();
      break;
    case SpanUrl::Kind::file:
      file_ = std::make_unique<FileSender>(url_.file);
      sender_ = file_->sender();
  }
}

void UrlSender::use_http(const SenderOptions& options, posix::Port& port, std::size_t batch_bytes) {
  HttpConfig config;
  if (options.gzip) {
    packer_ = make_packer(batch_bytes);
    config.gzip = &packer_->table();
  }
  http_ = std::make_unique<HttpSpanSender>(url_, options.tls, port.stream(), port.clock(), config);
  sender_ = http_->sender();
}

std::string UrlSender::problem(SendReason reason, unsigned status) const {
  // A message that librdkafka still holds has not failed, but is not delivered either.
  if (reason == SendReason::none && url_.kind != SpanUrl::Kind::kafka) return {};
  const std::string text = "the last offer of spans to " + url_text_ + " failed: ";
  if (url_.kind == SpanUrl::Kind::file) {
    return text + std::generic_category().message(file_->last_error()) + "; make room, or name another file";
  }
  if (url_.kind == SpanUrl::Kind::kafka) {
    return text + kafka_->problem() + "; check brokers, topic and permissions";
  }
  return text + send_failure_text(reason, status) +
         "; check the URL and that the collector runs, or ask edgespan doctor " + url_text_ + doctor_options_;
}

}  // namespace edgespan::cli
