// SPDX-License-Identifier: Apache-2.0
#include "cli/sending/url_sender.hpp"

#include "cli/io/tool_errors.hpp"

#include <string_view>
#include <system_error>

namespace edgespan::cli {
namespace {

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
    : url_{options.url}, doctor_options_{tls_options(options.tls)}, sender_{null_sender()} {
  const std::string wrong = url_.empty() ? std::string{} : parse_span_url(url_, target_);
  if (!wrong.empty()) throw UsageError{"--zipkin: " + wrong};
  const bool web = target_.kind == SpanUrl::Kind::http || target_.kind == SpanUrl::Kind::https;
  if (options.gzip && !web) throw UsageError{"--gzip is for --zipkin http:// and https:// alone"};
  check_tls_files(options.tls, target_);
  switch (target_.kind) {
    case SpanUrl::Kind::none:
      break;
    case SpanUrl::Kind::http:
    case SpanUrl::Kind::https:
      use_http(options, port, batch_bytes);
      break;
    case SpanUrl::Kind::kafka:
      kafka_ = std::make_unique<KafkaSpanSender>(target_, options.kafka_properties, tracing);
      sender_ = kafka_->sender();
      break;
    case SpanUrl::Kind::file:
      file_ = std::make_unique<FileSender>(target_.path);
      sender_ = file_->sender();
  }
}

void UrlSender::use_http(const SenderOptions& options, posix::Port& port, std::size_t batch_bytes) {
  HttpConfig config;
  if (options.gzip) {
    packer_ = make_packer(batch_bytes);
    config.gzip = &packer_->table();
  }
  http_ = std::make_unique<HttpSpanSender>(target_, options.tls, port.stream(), port.clock(), config);
  sender_ = http_->sender();
}

std::string UrlSender::complaint(SendReason reason, unsigned status) const {
  // A record that librdkafka still holds has not failed, and is not delivered either.
  if (reason == SendReason::none && target_.kind != SpanUrl::Kind::kafka) return {};
  std::string text = "the last offer of spans to " + url_ + " failed: ";
  if (target_.kind == SpanUrl::Kind::file) {
    return text + std::generic_category().message(file_->last_error()) + "; make room, or name another file";
  }
  if (target_.kind == SpanUrl::Kind::kafka) {
    return text + kafka_->reason() + "; check brokers, topic and permissions";
  }
  return text + failure_text(reason, status) +
         "; check the URL and that the collector runs, or ask edgespan doctor " + url_ + doctor_options_;
}

}  // namespace edgespan::cli
