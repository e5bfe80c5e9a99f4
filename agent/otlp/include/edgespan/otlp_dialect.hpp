// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <edgespan/dialect.hpp>
#include <span>
#include <string_view>

namespace edgespan {

// What a collector says in words: that it rejected spans, or why it refuses a request.
struct OtlpListener {
  void* ctx = nullptr;
  // `text` is cut at about 100 bytes, and valid during the call alone; it may hold any bytes. Called on the
  // thread that calls Reporter::step(), once for a text that is repeated.
  void (*heard)(void* ctx, std::string_view text) = nullptr;
};

// Sends spans as OTLP/HTTP protobuf, to an OpenTelemetry Collector or whatever takes the same at /v1/traces.
// It turns the elements of a batch into OTLP spans when they leave: service and scope are written once a
// batch, times are nanoseconds, tags are attributes. Nothing is allocated.
//
// A tag `error` makes the status of its span an error. Beside a tag `error.type` it becomes the message of
// that status; alone it stays an attribute. Tags of OpenTelemetry's messaging convention that are numbers or
// truth values become such.
//
// What the collector answers becomes this Outcome:
//   200 with an OTLP reply     delivered, but for the spans that it says it rejected
//   any other 2xx              suspect: none of a server for OTLP
//   400                        too_large if it says so, else malformed
//   413                        too_large
//   408, 429, 502, 503, 504    overloaded, with its Retry-After
//   401, 403                   unauthorized
//   3xx, 511, 500 in HTML      suspect
//   other 4xx, 5xx             refused; 500 is final here
//
// For one sender, which uses it on one thread at a time. Pinned.
class OtlpDialect {
 public:
  static constexpr std::string_view path = "/v1/traces";
  // A table without functions: what a URL needs to know of this dialect. `otlp://` is http, `otlps://` is
  // https.
  static constexpr Dialect url_rules{.scheme = "otlp", .port = 4318, .path = path};

  // Room that holds any batch of `batch_bytes` (Limits::batch_bytes). With less a batch leaves in smaller
  // parts, and a span that finds no room by itself is dropped as too large; half of it holds most batches.
  static constexpr std::size_t room_bytes(std::size_t batch_bytes) { return 2 * batch_bytes + 1'024; }

  // Keeps `room`, and what `listener.ctx` points to.
  explicit OtlpDialect(std::span<std::byte> room, const OtlpListener& listener = {}) noexcept;
  OtlpDialect(const OtlpDialect&) = delete;
  OtlpDialect& operator=(const OtlpDialect&) = delete;

  // For HttpConfig::dialect and AgentConfig::otlp; valid as long as this object.
  const Dialect& table() const noexcept { return table_; }

 private:
  std::span<const std::byte> encode(std::span<const std::byte> portion) noexcept;
  SendResult meaning(const Answer& answer) noexcept;
  void tell(std::string_view text) noexcept;

  std::span<std::byte> room_;
  OtlpListener listener_;
  Dialect table_;
  std::uint64_t told_ = 0;  // a hash of the text that was told last
};

// The room, for static storage.
template <std::size_t batch_bytes>
struct OtlpRoom {
  std::array<std::byte, OtlpDialect::room_bytes(batch_bytes)> bytes;
};

}  // namespace edgespan
