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
  std::string url{};      // http, https: as it was given
  std::string brokers{};  // kafka: host[:port],...
  std::string topic{};    // kafka
  std::string path{};     // file
};

// Reads `http://` and `https://host[:port][/path]`, `kafka://broker[:port][,broker...][/topic]`, `file:path`
// and `none:`. Empty if it could; else what is wrong and what is accepted, without a full stop. `out` is
// changed on success only.
std::string parse_span_url(std::string_view url, SpanUrl& out);

}  // namespace edgespan::cli
