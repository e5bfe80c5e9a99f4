// SPDX-License-Identifier: Apache-2.0
#include "http/http_request_head.hpp"

#include <algorithm>
#include <string_view>

#include "core/assert.hpp"

namespace edgespan::http_detail {
namespace {

constexpr std::string_view before_path = "POST ";
constexpr std::string_view before_host = " HTTP/1.1\r\nHost: ";
constexpr std::string_view before_length =
    "\r\nContent-Type: application/x-protobuf\r\nb3: 0\r\nContent-Length: ";
constexpr std::string_view end = "\r\n\r\n";
// Zipkin compares the coding's name by case.
constexpr std::string_view packed_end = "\r\nContent-Encoding: gzip\r\n\r\n";

class Appender {
 public:
  explicit Appender(std::span<char> out) noexcept : out_(out) {}

  Appender& operator<<(std::string_view text) noexcept {
    EDGESPAN_ASSERT(text.size() <= out_.size() - size_);
    std::copy(text.begin(), text.end(), out_.begin() + static_cast<std::ptrdiff_t>(size_));
    size_ += text.size();
    return *this;
  }

  // std::to_chars brings a table of 200 bytes.
  Appender& operator<<(std::size_t number) noexcept {
    std::size_t digits = 1;
    for (std::size_t rest = number; rest > 9; rest /= 10) ++digits;
    EDGESPAN_ASSERT(digits <= out_.size() - size_);
    size_ += digits;
    for (std::size_t at = size_; digits != 0; --digits, number /= 10) {
      out_[--at] = static_cast<char>('0' + number % 10);
    }
    return *this;
  }

  std::uint16_t size() const noexcept { return static_cast<std::uint16_t>(size_); }

 private:
  std::span<char> out_;
  std::size_t size_ = 0;
};

}  // namespace

void HttpRequestHead::write(const HttpUrl& url) noexcept {
  constexpr std::size_t brackets_and_port = 2 + 6;
  constexpr std::size_t length_digits_max = 10;  // no batch has 4 GiB
  static_assert(before_path.size() + HttpUrl::path_bytes_max + before_host.size() + HttpUrl::host_bytes_max +
                    brackets_and_port + before_length.size() + length_digits_max + packed_end.size() <=
                bytes_max);
  EDGESPAN_ASSERT(url.host.size() <= HttpUrl::host_bytes_max && url.path.size() <= HttpUrl::path_bytes_max);

  const bool is_ipv6 = url.host.find(':') != std::string_view::npos;
  Appender head(text_);
  head << before_path << url.path << before_host << (is_ipv6 ? "[" : "") << url.host << (is_ipv6 ? "]" : "");
  if (url.port != (url.secure ? HttpUrl::https_port : HttpUrl::http_port)) {
    head << ":" << std::size_t{url.port};
  }
  head << before_length;
  fixed_bytes_ = head.size();
  EDGESPAN_ASSERT(fixed_bytes_ < bytes_max && tail_bytes_ == 0);
}

void HttpRequestHead::set_body(std::size_t bytes, bool packed, bool more_lines) noexcept {
  EDGESPAN_ASSERT(fixed_bytes_ != 0);
  Appender tail(std::span{text_}.subspan(fixed_bytes_));
  tail << bytes << (packed ? packed_end : end);
  tail_bytes_ = tail.size();
  if (more_lines) tail_bytes_ = static_cast<std::uint16_t>(tail_bytes_ - end.size() / 2);
  EDGESPAN_ASSERT(std::size_t{fixed_bytes_} + tail_bytes_ <= bytes_max);
}

bool end_a_head(std::string_view lines) noexcept {
  return lines.empty() || (lines.size() > end.size() && lines.find(end) == lines.size() - end.size());
}

}  // namespace edgespan::http_detail
