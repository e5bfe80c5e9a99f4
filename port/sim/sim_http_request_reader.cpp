// SPDX-License-Identifier: Apache-2.0
#include <edgespan/sim_http_request_reader.hpp>

#include <algorithm>
#include <charconv>

namespace edgespan::sim {
namespace {

constexpr std::string_view head_end = "\r\n\r\n";
constexpr std::string_view length_header = "\r\nContent-Length: ";

// Where an empty line begins that ends a head, at `from` or behind it. Most steps skip as many bytes as it
// has.
std::size_t find_head_end(std::string_view text, std::size_t from) {
  for (std::size_t last = from + head_end.size() - 1; last < text.size();) {
    if (text[last] != '\r' && text[last] != '\n') {
      last += head_end.size();
      continue;
    }
    const std::size_t begin = last - (head_end.size() - 1);
    if (text.substr(begin, head_end.size()) == head_end) return begin;
    ++last;
  }
  return std::string_view::npos;
}

}  // namespace

void HttpRequestReader::next() {
  head_.clear();
  body_.clear();
  body_bytes_ = 0;
  head_complete_ = has_length_ = false;
}

std::size_t HttpRequestReader::feed(std::string_view bytes) {
  std::size_t used = 0;
  if (!head_complete_) {
    const std::size_t before = head_.size();
    head_.append(bytes);
    const std::size_t end = find_head_end(head_, before < head_end.size() ? 0 : before - head_end.size() + 1);
    if (end == std::string_view::npos) return bytes.size();
    head_.resize(end + head_end.size());
    used = head_.size() - before;
    on_head();
  }
  const auto left = static_cast<std::size_t>(body_bytes_ - body_.size());
  const std::size_t count = std::min(left, bytes.size() - used);
  body_.append(bytes.substr(used, count));
  return used + count;
}

void HttpRequestReader::on_head() {
  head_complete_ = true;
  // It is one of the last.
  const std::string_view head{head_};
  std::size_t at = head.size() - head_end.size();
  do {
    at = head.rfind('\r', at - 1);
    if (at == 0 || at == std::string_view::npos) return;
  } while (!head.substr(at).starts_with(length_header));
  const char* const digits = head.data() + at + length_header.size();
  const auto read = std::from_chars(digits, head_.data() + head_.size(), body_bytes_);
  has_length_ = read.ec == std::errc{} && *read.ptr == '\r';
  if (!has_length_) body_bytes_ = 0;
}

}  // namespace edgespan::sim
