// SPDX-License-Identifier: Apache-2.0
#include "http/http_url.hpp"

#include "core/assert.hpp"
#include "http/http_text.hpp"

namespace edgespan::http_detail {
namespace {

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

// Letters, digits, '.', '-', and the '_' that container names have.
constexpr bool is_name_char(char c) noexcept {
  return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'z') || c == '.' || c == '-' || c == '_';
}

constexpr bool is_ipv6_char(char c) noexcept {
  return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'f') || c == ':' || c == '.';
}

// What may stand in a path as it is: a query or fragment would change what is addressed, and the rest could
// end the request line early.
constexpr bool is_path_char(char c) noexcept { return c > ' ' && c < 0x7f && c != '?' && c != '#'; }

template <typename Allowed>
constexpr bool consists_of(std::string_view text, Allowed allowed) noexcept {
  for (const char c : text) {
    if (!allowed(c)) return false;
  }
  return !text.empty();
}

// `scheme` is in lower case.
bool take_scheme(std::string_view& url, std::string_view scheme) noexcept {
  EDGESPAN_ASSERT(!scheme.empty());
  if (url.size() < scheme.size()) return false;
  for (std::size_t i = 0; i < scheme.size(); ++i) {
    if (lower(url[i]) != scheme[i]) return false;
  }
  url.remove_prefix(scheme.size());
  return true;
}

// Takes the scheme off `url`, with what it says of port and security.
bool take_any_scheme(std::string_view& url, const Dialect& dialect, HttpUrl& out) noexcept {
  if (!dialect.scheme.empty() && take_scheme(url, dialect.scheme)) {
    out.port = dialect.port;
    out.secure = take_scheme(url, "s");
  } else if (take_scheme(url, "http")) {
    out.secure = take_scheme(url, "s");
    out.port = out.secure ? HttpUrl::https_port : HttpUrl::http_port;
  } else {
    return false;
  }
  return take_scheme(url, "://");
}

// Splits `authority` into host and what follows it: nothing, or ':' and the port.
bool take_host(std::string_view& authority, std::string_view& host) noexcept {
  if (authority.starts_with('[')) {
    const std::size_t end = authority.find(']');
    if (end == std::string_view::npos) return false;
    host = after(first_of(authority, end), 1);
    authority.remove_prefix(end + 1);
    return consists_of(host, is_ipv6_char);
  }
  host = first_of(authority, authority.find(':'));
  authority.remove_prefix(host.size());
  return consists_of(host, is_name_char);
}

bool read_port(std::string_view text, std::uint16_t& port) noexcept {
  if (text.empty()) return true;  // none given: the caller's default stays
  EDGESPAN_ASSERT(text.front() == ':');
  text.remove_prefix(1);
  if (text.size() > 5 || !consists_of(text, is_digit)) return false;
  std::uint32_t value = 0;
  for (const char c : text) value = value * 10 + static_cast<std::uint32_t>(c - '0');
  if (value == 0 || value > 0xffff) return false;
  port = static_cast<std::uint16_t>(value);
  return true;
}

}  // namespace

Status parse_http_url(std::string_view url, const Dialect& dialect, HttpUrl& out) noexcept {
  HttpUrl parsed;
  if (!take_any_scheme(url, dialect, parsed)) return Status::bad_url;
  std::string_view authority = first_of(url, url.find('/'));
  const std::string_view path = after(url, authority.size());
  if (!take_host(authority, parsed.host)) return Status::bad_url;
  if (!authority.empty() && authority.front() != ':') return Status::bad_url;
  if (!read_port(authority, parsed.port)) return Status::bad_url;
  // In HTTP the empty path and '/' are one and the same, and no collector takes spans there.
  parsed.path = path.size() <= 1 ? dialect.path : path;
  if (!consists_of(parsed.path, is_path_char)) return Status::bad_url;
  if (parsed.host.size() > HttpUrl::host_bytes_max) return Status::bad_url;
  if (parsed.path.size() > HttpUrl::path_bytes_max) return Status::bad_url;
  EDGESPAN_ASSERT(!parsed.host.empty() && parsed.path.front() == '/' && parsed.port != 0);
  out = parsed;
  return Status::ok;
}

}  // namespace edgespan::http_detail
