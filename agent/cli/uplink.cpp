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

std::string_view reason_text(SendReason reason) noexcept {
  switch (reason) {
    case SendReason::none:
      return "";
    case SendReason::connect:
      return "no connection";
    case SendReason::broken:
      return "the connection broke before the reply was complete";
    case SendReason::deadline:
      return "no reply within the deadline";
    case SendReason::garbage:
      return "the reply is not HTTP";
    case SendReason::tls:
      return "no TLS session could be agreed on";
    case SendReason::unknown_root:
      return "its certificate leads to none of the roots that are trusted";
    case SendReason::wrong_host:
      return "its certificate is for another name";
    case SendReason::expired:
      return "its certificate has expired";
    case SendReason::not_yet_valid:
      return "its certificate is not valid yet by this machine's clock";
    case SendReason::bad_certificate:
      return "its certificate is not fit for a server";
    case SendReason::no_clock:
      return "the date is not known yet, so no certificate can be checked";
    case SendReason::no_entropy:
      return "this machine has no chance yet to make keys from";
    case SendReason::no_memory:
      return "the memory for TLS is too small";
    default:
      return "refused";
  }
}

}  // namespace

Uplink::Uplink(const UplinkOptions& options, posix::Port& port, KafkaTracing& tracing)
    : url_{options.url}, sender_{null_sender()} {
  if (url_.empty()) return;
  if (const std::string wrong = parse_target(url_, target_); !wrong.empty())
    throw UsageError{"--zipkin: " + wrong};
  switch (target_.kind) {
    case Target::Kind::none:
      break;
    case Target::Kind::http:
    case Target::Kind::https:
      use_http(options, port);
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

void Uplink::use_http(const UplinkOptions& options, posix::Port& port) {
  const edgespan_stream* stream = &port.stream();
  if (target_.kind == Target::Kind::https) {
    tls_ = make_tls_stream(options.tls, *stream, port.clock());
    stream = &tls_->stream();
  }
  const Status status = http_.init(*stream, target_.url);
  if (status != Status::ok) throw RunError{"the HTTP sender: " + std::string{status_text(status)}};
  sender_ = http_.sender();
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
  text += reason_text(reason);
  if (status != 0) text += " with status " + std::to_string(status);
  return text + "; check the URL and that the collector runs, or ask edgespan doctor " + url_;
}

}  // namespace edgespan::cli
