// SPDX-License-Identifier: Apache-2.0
// Whatever stands where a URL should: it is refused, or taken apart into what may stand in a request.

#include "http/http_url.hpp"
#include "fuzz/fuzz.hpp"

namespace {

using edgespan::fuzz::require;
using edgespan::http_detail::HttpUrl;

bool visible(std::string_view text) {
  for (const char c : text) {
    if (c <= ' ' || c >= 0x7f) return false;
  }
  return !text.empty();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  constexpr edgespan::Dialect dialect{.scheme = "otlp", .port = 4318, .path = "/v1/traces"};
  HttpUrl url;
  url.host = "before";
  if (edgespan::http_detail::parse_http_url(text, dialect, url) != edgespan::Status::ok) {
    require(url.host == "before" && url.path.empty());
    return 0;
  }
  require(visible(url.host) && url.host.size() <= HttpUrl::host_bytes_max);
  require(visible(url.path) && url.path.size() <= HttpUrl::path_bytes_max && url.path.front() == '/');
  require(url.host.find_first_of("/@?#") == std::string_view::npos && url.port != 0);
  require(url.secure == ((text.substr(0, text.find(':')).back() | 0x20) == 's'));
  return 0;
}
