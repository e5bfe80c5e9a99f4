// SPDX-License-Identifier: Apache-2.0
#include "cli/uplink.hpp"

#include "cli/error.hpp"

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

Uplink::Uplink(const UplinkOptions& options, posix::Port& port, KafkaTracing& tracing,
               std::size_t batch_bytes)
    : url_{options.url}, doctor_options_{tls_options(options.tls)}, sender_{null_sender()} {
  const std::string wrong = url_.empty() ? std::string{} : parse_target(url_, target_);
  if (!wrong.empty()) throw UsageError{"--zipkin: " + wrong};
  const bool web = target_.kind == Target::Kind::http || target_.kind == Target::Kind::https;
  if (options.gzip && !web) throw UsageError{"--gzip is for --zipkin http:// and https:// alone"};
  check_tls_files(options.tls, target_);
  switch (target_.kind) {
    case Target::Kind::none:
      break;
    case Target::Kind::http:
    case Target::Kind::https:
      use_http(options, port, batch_bytes);
      break;
    case Target::Kind::kafka:
      kafka_ = std::make_unique<KafkaUplink>(target_, options.kafka_properties, tracing);
      sender_ = kafka_->sender();
      break;
    case Target::Kind::file:
      file_ = std::make_unique<FileSender>(target_.path);
      sender_ = file_->sender();
  }
}

void Uplink::use_http(const UplinkOptions& options, posix::Port& port, std::size_t batch_bytes) {
  HttpConfig config;
  if (options.gzip) {
    packer_ = make_packer(batch_bytes);
    config.gzip = &packer_->table();
  }
  http_ = std::make_unique<HttpUplink>(target_, options.tls, port.stream(), port.clock(), config);
  sender_ = http_->sender();
}

std::string Uplink::complaint(SendReason reason, unsigned status) const {
  // A record that librdkafka still holds has not failed, and is not delivered either.
  if (reason == SendReason::none && target_.kind != Target::Kind::kafka) return {};
  std::string text = "the last offer of spans to " + url_ + " failed: ";
  if (target_.kind == Target::Kind::file) {
    return text + std::generic_category().message(file_->last_error()) + "; make room, or name another file";
  }
  if (target_.kind == Target::Kind::kafka) {
    return text + kafka_->reason() + "; check brokers, topic and permissions";
  }
  return text + failure_text(reason, status) +
         "; check the URL and that the collector runs, or ask edgespan doctor " + url_ + doctor_options_;
}

}  // namespace edgespan::cli
