// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "http/http_url.hpp"

namespace edgespan::http_detail {

// The head of every request to one URL. All of it but the body's length is written once. The request carries
// `b3: 0`, so that instrumented proxies do not trace it. `Expect` is never sent: it costs a round trip, and
// saves nothing with batches of this size.
class HttpRequestHead {
 public:
  void write(const HttpUrl& url) noexcept;

  // For the next request: the length of its body, whether that is packed as gzip, and whether header lines of
  // the caller's follow, which then end the head. After write().
  void set_body(std::size_t bytes, bool packed, bool more_lines) noexcept;

  std::span<const std::byte> bytes() const noexcept {
    return std::as_bytes(std::span{text_}).first(fixed_bytes_ + std::size_t{tail_bytes_});
  }

 private:
  static constexpr std::size_t bytes_max = HttpUrl::path_bytes_max + HttpUrl::host_bytes_max + 131;

  std::uint16_t fixed_bytes_ = 0;  // up to the digits of Content-Length
  std::uint16_t tail_bytes_ = 0;   // from these digits on
  std::array<char, bytes_max> text_{};
};

// Whether these lines may end a head: there are none, or they end with the only empty line among them. Else
// what follows would not be taken for the body.
bool end_a_head(std::string_view lines) noexcept;

}  // namespace edgespan::http_detail
