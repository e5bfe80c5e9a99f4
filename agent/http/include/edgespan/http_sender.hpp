// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <edgespan/port.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <edgespan/dialect.hpp>
#include <edgespan/sender.hpp>
#include <edgespan/status.hpp>
#include <string_view>

namespace edgespan {

namespace http_detail {
class HttpExchange;
}

struct HttpConfig {
  std::uint32_t connect_ms = 10'000;  // 1 or more; from the start of a connection to its being open
  // 1 or more; from the first byte sent to the end of the reply, and a second more for every
  // `progress_bytes_per_s` that the connection has taken. A link that takes a byte a second costs about
  // request_ms, and one that moves gets the time that its bytes take.
  std::uint32_t request_ms = 15'000;
  std::uint32_t progress_bytes_per_s = 1'000;  // 1 or more
  // The table is copied; null: batches are sent as they are. If a collector answers 400 or 415 to a packed
  // batch, it gets that batch again as it is, and every later one too.
  const edgespan_gzip* gzip = nullptr;
  // The table is copied; null: that of Zipkin, with the meanings that stand at HttpSender.
  const Dialect* dialect = nullptr;
  // Header lines for every request beside its own, such as a key that a collector asks for, as they go out:
  // "Name: value\r\n" each, and "\r\n" behind the last. Kept, not copied; at most 65,535
  // bytes. Empty: none.
  std::string_view headers{};
};

// Posts batches as `application/x-protobuf` to a collector, one at a time, over a kept-alive connection.
// Redirects are not followed. The status line of a reply, and where a dialect looks at it the beginning of
// its body, settle what it means: what comes behind costs the connection only, if it is cut short, too long
// or unreadable.
//
// In Zipkin's dialect (`/api/v2/spans`) an answer becomes this Outcome:
//   2xx                                    delivered; suspect if it is HTML, or in protobuf, as OTLP answers
//   408, 429, 502, 503, 504                overloaded, with its Retry-After
//   500                                    later, with its Retry-After; malformed if it says in Zipkin's
//   words
//                                          that the body will never be read
//   413; 400 and 500 that say so           too_large
//   400 to trace ids of 8 bytes, in the    later; this batch and every later one then have 16, with zeros in
//   words of zipkin-go                     front of the shorter ones, which mean the same
//   other 400                              malformed
//   401, 403                               unauthorized
//   3xx, 511                               suspect
//   other 4xx, 5xx                         refused
//   no HTTP                                garbled
//
// Pinned: neither copied nor moved once sender() was handed out.
class HttpSender {
 public:
  HttpSender() = default;
  HttpSender(const HttpSender&) = delete;
  HttpSender& operator=(const HttpSender&) = delete;

  // Copies the tables and the URL. What `stream.ctx` points to is kept, and used by this sender alone.
  // Status: bad_url; not_secure if the URL says https and the stream is not `secure`: there is no way back to
  // http; bad_config for http on a secure stream, a zero deadline, a table with a null or `headers` that are
  // longer than 65,535 bytes or do not end with their empty line; already_started the second time. Call once,
  // before sender().
  Status init(const edgespan_stream& stream, std::string_view url, const HttpConfig& config = {}) noexcept;

  // The table for the reporter; valid as long as this object. Before init() has succeeded every offer is
  // `unreachable`.
  Sender sender() noexcept;

 private:
  http_detail::HttpExchange* exchange_ = nullptr;  // in storage_; null before init()
  alignas(8) std::array<std::byte, 1'232 + 20 * sizeof(void*)> storage_{};
};

}  // namespace edgespan
