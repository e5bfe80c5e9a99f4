// SPDX-License-Identifier: Apache-2.0
#include <edgespan/http_sender.hpp>
#include <new>

#include "core/assert.hpp"
#include "http/http_exchange.hpp"
#include "http/http_url.hpp"
#include "http/zipkin_dialect.hpp"

namespace edgespan {

Status HttpSender::init(const edgespan_stream& stream, std::string_view url,
                        const HttpConfig& config) noexcept {
  using http_detail::HttpExchange;
  static_assert(sizeof(HttpExchange) <= sizeof storage_ && alignof(HttpExchange) <= 8);
  static_assert(sizeof(HttpExchange) + 16 > sizeof storage_, "storage_ is larger than it needs to be");
  if (exchange_ != nullptr) return Status::already_started;
  if (config.connect_ms == 0 || config.request_ms == 0 || config.progress_bytes_per_s == 0) {
    return Status::bad_config;
  }
  if (!stream.open || !stream.send || !stream.recv || !stream.close) return Status::bad_config;
  if (config.gzip != nullptr && config.gzip->pack == nullptr) return Status::bad_config;
  if (config.headers.size() > UINT16_MAX || !http_detail::end_a_head(config.headers))
    return Status::bad_config;
  const Dialect& dialect = config.dialect != nullptr ? *config.dialect : http_detail::zipkin_dialect;
  if (dialect.meaning == nullptr) return Status::bad_config;
  http_detail::HttpUrl parsed;
  if (const Status status = http_detail::parse_http_url(url, dialect, parsed); status != Status::ok) {
    return status;
  }
  if (parsed.secure && !stream.secure) return Status::not_secure;
  if (stream.secure && !parsed.secure) return Status::bad_config;
  EDGESPAN_ASSERT(parsed.secure == stream.secure);
  exchange_ = new (storage_.data()) HttpExchange{stream, parsed, dialect, config};
  return Status::ok;
}

Sender HttpSender::sender() noexcept {
  Sender table;
  table.ctx = this;
  table.offer = [](void* ctx, std::span<const std::byte> portion, std::uint64_t now_us) {
    HttpSender& self = *static_cast<HttpSender*>(ctx);
    if (self.exchange_ != nullptr) return self.exchange_->offer(portion, now_us);
    SendResult result;
    result.outcome = Outcome::unreachable;
    return result;
  };
  table.cancel = [](void* ctx) {
    HttpSender& self = *static_cast<HttpSender*>(ctx);
    if (self.exchange_ != nullptr) self.exchange_->cancel();
  };
  return table;
}

}  // namespace edgespan
