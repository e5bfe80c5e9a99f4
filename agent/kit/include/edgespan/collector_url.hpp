// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace edgespan {

// Where spans go, as a URL says it. All texts are views into the URL or constants.
struct CollectorUrl {
  enum class Scheme : std::uint8_t { none, http, https, kafka };
  static constexpr std::size_t brokers_bytes_max = 1'023;  // that SpanProducer takes
  static constexpr std::size_t topic_bytes_max = 249;      // Kafka's own limit

  Scheme scheme = Scheme::none;  // of otlp:// and otlps://: http and https, over which it is spoken
  // Spans go as OTLP: the scheme says so, or a path that ends with /v1/traces.
  bool otlp = false;
  std::string_view host{};  // http, https: a name or an address, without brackets
  std::string_view path{};  // http, https: with its '/'; /api/v2/spans or /v1/traces where the URL names none
  std::uint16_t port = 0;   // http, https: the scheme's own where the URL names none; 4318 of otlp and otlps
  std::string_view brokers{};  // kafka: host[:port],...; 1 to brokers_bytes_max bytes
  std::string_view topic{};    // kafka: 1 to topic_bytes_max bytes; "zipkin" where the URL names none
};

// Reads `http://`, `https://`, `otlp://` and `otlps://host[:port][/path]`,
// `kafka://broker[:port][,broker...][/topic]` and `none:`. Returns null if it could; else what is wrong and
// what is accepted, as a static text without a full stop. `out` is changed on success only.
const char* parse_collector_url(std::string_view url, CollectorUrl& out) noexcept;

}  // namespace edgespan
