// SPDX-License-Identifier: Apache-2.0
#include "cli/demo/zipkin_forwarder.hpp"

#include "cli/io/tool_errors.hpp"
#include "cli/sending/send_failure.hpp"

#include <edgespan/status.hpp>

#include <cerrno>
#include <chrono>
#include <span>
#include <system_error>
#include <thread>

namespace edgespan::cli {
namespace {

constexpr HttpConfig config{.connect_ms = 5'000, .request_ms = 5'000};
constexpr std::chrono::milliseconds step_every{1};

}  // namespace

ZipkinForwarder::ZipkinForwarder(const SenderOptions& options) : doctor_options_{tls_options(options.tls)} {
  const std::string wrong = parse_span_url(options.url, url_);
  if (!wrong.empty() || !url_.is_web() || url_.otlp)
    throw UsageError{"--zipkin '" + options.url + "': not a URL of Zipkin"};
  check_tls_files(options.tls, url_);
  if (!port_.init()) throw RunError{"cannot forward to Zipkin: " + std::generic_category().message(errno)};
  if (url_.kind == SpanUrl::Kind::https) tls_ = read_tls_files(options.tls);
  const edgespan_stream& stream = tls_ ? tls_->start(port_.stream(), port_.clock()) : port_.stream();
  const Status status = sender_.init(stream, url_.text, config);
  if (status != Status::ok) throw RunError{"the HTTP sender: " + std::string{status_text(status)}};
  std::string error;
  if (post({}, error) / 100 != 2) throw RunError{error + "; check the URL, or run without --zipkin"};
}

unsigned ZipkinForwarder::post(const std::string& body, std::string& error) {
  const std::lock_guard lock{mutex_};
  const Sender sender = sender_.sender();
  const edgespan_clock& clock = port_.clock();
  SendResult result;
  for (;;) {
    result = sender.offer(sender.ctx, std::as_bytes(std::span{body}), clock.mono_us(clock.ctx));
    if (result.outcome != Outcome::pending) break;
    std::this_thread::sleep_for(step_every);
  }
  if (result.outcome == Outcome::delivered) return result.status;
  const bool no_collector = result.status / 100 == 2;  // a login page, say
  const std::string zipkin = "Zipkin at " + url_.text;
  error = result.status == 0
              ? zipkin + " cannot be reached: " + send_failure_text(result.outcome, result.cause, 0)
              : zipkin + " replies with status " + std::to_string(result.status) +
                    (no_collector ? ", but not as a collector does" : "");
  error += "; ask edgespan doctor " + url_.text + doctor_options_;
  return result.status == 0 || no_collector ? 503 : result.status;
}

}  // namespace edgespan::cli
