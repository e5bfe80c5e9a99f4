// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace edgespan::cli {

// Where spans go, as a URL says it.
struct SpanUrl {
  enum class Kind : std::uint8_t { none, http, https, kafka, file };
  Kind kind = Kind::none;
  std::string text{};      // the URL as it was given
  std::string host{};      // http, https: a name or an address; one of IPv6 without its brackets
  std::uint16_t port = 0;  // http, https
  std::string path{};      // http, https: /api/v2/spans, or /v1/traces for OTLP, unless given
  bool otlp = false;       // http, https: spans go as OTLP
  std::string brokers{};   // kafka: host[:port],...
  std::string topic{};     // kafka
  std::string file{};      // file: its path

  bool is_web() const noexcept { return kind == Kind::http || kind == Kind::https; }
};

// Reads `http://`, `https://`, `otlp://` and `otlps://host[:port][/path]`,
// `kafka://broker[:port][,broker...][/topic]`, `file:path` and `none:`. Returns an empty string and fills
// `out`; or returns what is wrong and what is accepted, without a full stop, and leaves `out` as it was.
std::string parse_span_url(std::string_view url, SpanUrl& out);

// host:port, with brackets around an address of IPv6.
std::string host_and_port(std::string_view host, std::uint16_t port);

}  // namespace edgespan::cli
