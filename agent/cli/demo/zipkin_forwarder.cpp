// SPDX-License-Identifier: Apache-2.0
#include "cli/demo/zipkin_forwarder.hpp"

#include "cli/io/tool_errors.hpp"

#include <cerrno>
#include <chrono>
#include <span>
#include <system_error>
#include <thread>

namespace edgespan::cli {
namespace {

constexpr HttpConfig limits{.connect_ms = 5'000, .request_ms = 5'000};
constexpr std::chrono::milliseconds look_again{1};

}  // namespace

ZipkinForwarder::ZipkinForwarder(const SenderOptions& options) : tls_{tls_options(options.tls)} {
  const std::string wrong = parse_span_url(options.url, target_);
  const bool web = target_.kind == SpanUrl::Kind::http || target_.kind == SpanUrl::Kind::https;
  if (!wrong.empty() || !web) throw UsageError{"--zipkin '" + options.url + "': not a URL of Zipkin"};
  check_tls_files(options.tls, target_);
  if (!port_.init()) throw RunError{"the relay to Zipkin: " + std::generic_category().message(errno)};
  uplink_ = std::make_unique<HttpSpanSender>(target_, options.tls, port_.stream(), port_.clock(), limits);
  std::string error;
  if (post({}, error) / 100 != 2) throw RunError{error + "; check the URL, or run without --zipkin"};
}

unsigned ZipkinForwarder::post(const std::string& body, std::string& error) {
  const std::lock_guard lock{mutex_};
  const Sender sender = uplink_->sender();
  const edgespan_clock& clock = port_.clock();
  SendResult result;
  for (;;) {
    result = sender.offer(sender.ctx, std::as_bytes(std::span{body}), clock.mono_us(clock.ctx));
    if (result.state != SendState::pending) break;
    std::this_thread::sleep_for(look_again);
  }
  if (result.status / 100 == 2) return result.status;
  const std::string zipkin = "Zipkin at " + target_.url;
  error = result.status == 0 ? zipkin + " cannot be reached: " + failure_text(result.reason, 0)
                             : zipkin + " answers with status " + std::to_string(result.status);
  error += "; ask edgespan doctor " + target_.url + tls_;
  return result.status == 0 ? 503 : result.status;
}

}  // namespace edgespan::cli
