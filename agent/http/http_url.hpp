// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <edgespan/dialect.hpp>
#include <edgespan/status.hpp>
#include <string_view>

namespace edgespan::http_detail {

// Where spans are posted. Texts are views: `host` into the URL that was parsed, `path` into it or a constant.
struct HttpUrl {
  static constexpr std::size_t host_bytes_max = 253;  // the longest DNS name
  static constexpr std::size_t path_bytes_max = 255;

  static constexpr std::uint16_t http_port = 80;
  static constexpr std::uint16_t https_port = 443;

  std::string_view host;           // without brackets
  std::string_view path;           // with its '/'; the dialect's if the URL has none or the bare '/'
  std::uint16_t port = http_port;  // of the scheme, where the URL names none
  bool secure = false;             // https, and the secure scheme of the dialect
};

// Reads `http://host[:port][/path]` or `https://...`, or the same with the schemes of the dialect.
// Status::bad_url for any other scheme, user names, a query or fragment, spaces and control characters, an
// empty or too long host or path, a port that is not 1 to 65535. `out` is changed on success only.
Status parse_http_url(std::string_view url, const Dialect& dialect, HttpUrl& out) noexcept;

}  // namespace edgespan::http_detail
