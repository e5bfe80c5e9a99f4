// SPDX-License-Identifier: Apache-2.0
#include "http/http_reply.hpp"

#include "core/assert.hpp"
#include "http/http_date.hpp"
#include "http/http_text.hpp"

#include <algorithm>

namespace edgespan::http_detail {
namespace {

constexpr std::uint32_t retry_after_s_max = 3600;

// `lower_case` is in lower case already.
constexpr bool same_word(std::string_view text, std::string_view lower_case) noexcept {
  return std::equal(text.begin(), text.end(), lower_case.begin(), lower_case.end(),
                    [](char a, char b) { return lower(a) == b; });
}

constexpr std::string_view trim(std::string_view text) noexcept {
  const auto blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

// Cuts the first element off a comma-separated list.
constexpr std::string_view next_element(std::string_view& list) noexcept {
  const std::size_t comma = list.find(',');
  const std::string_view element = trim(first_of(list, comma));
  list = comma == std::string_view::npos ? std::string_view{} : after(list, comma + 1);
  return element;
}

constexpr int digit_value(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (lower(c) >= 'a' && lower(c) <= 'f') return lower(c) - 'a' + 10;
  return -1;
}

// A number of any length, held at `max`; false if `text` is not digits of that base alone.
bool read_number(std::string_view text, std::uint32_t base, std::uint32_t max, std::uint32_t& out) noexcept {
  EDGESPAN_ASSERT(base == 10 || base == 16);
  std::uint64_t value = 0;
  for (const char c : text) {
    const int digit = digit_value(c);
    if (digit < 0 || static_cast<std::uint32_t>(digit) >= base) return false;
    value = std::min<std::uint64_t>(value * base + static_cast<std::uint32_t>(digit), max);
  }
  out = static_cast<std::uint32_t>(value);
  return !text.empty();
}

// Above any length that the bound on a reply lets through.
constexpr std::uint32_t length_max = 0x7fff'ffff;

}  // namespace

std::size_t HttpReply::feed(std::span<const std::byte> bytes) noexcept {
  std::size_t used = 0;
  while (used < bytes.size() && at_ != At::complete && at_ != At::garbage) {
    ++seen_bytes_;
    take(static_cast<unsigned char>(bytes[used++]));
    if (seen_bytes_ != bytes_max || at_ == At::complete) continue;
    if (at_ == At::header && status_ >= 200) final_status_ = status_;
    at_ = At::garbage;  // its end lies beyond the bound
  }
  EDGESPAN_ASSERT(used <= bytes.size() && seen_bytes_ <= bytes_max);
  return used;
}

HttpReply::Phase HttpReply::phase() const noexcept {
  if (at_ == At::garbage) return Phase::garbage;
  if (at_ == At::complete) return Phase::complete;
  return final_status_ == 0 ? Phase::head : Phase::body;
}

Answer HttpReply::answer(bool ended) const noexcept {
  EDGESPAN_ASSERT(final_status_ != 0 && opening_count_ <= opening_.size());
  Answer answer;
  answer.status = final_status_;
  answer.type = type_;
  answer.whole = opening_count_ < opening_.size() && (ended || phase() != Phase::body);
  answer.opening = {opening_.data(), opening_count_};
  return answer;
}

void HttpReply::take(unsigned char c) noexcept {
  switch (at_) {
    case At::sized_body:
    case At::chunk_data:
    case At::open_body:
      return take_body_byte(c);
    default:
      return take_line_byte(c);
  }
}

// Lines end with CR LF or a bare LF; any other control character, a lone CR included, is no HTTP. In a header
// it makes the head unsound.
void HttpReply::take_line_byte(unsigned char c) noexcept {
  EDGESPAN_ASSERT(line_bytes_ <= line_.size());
  if (c == '\n') {
    const std::string_view line(line_.data(), line_bytes_);
    after_cr_ = false;
    on_line(line);
    line_bytes_ = 0;
    line_cut_ = false;
  } else if (after_cr_ || (c < ' ' && c != '\t' && c != '\r') || c == 0x7f) {
    if (at_ != At::header) at_ = At::garbage;
    unsound_ = true;
    after_cr_ = false;
    if (line_bytes_ == 0) line_[line_bytes_++] = '?';  // the line is not the empty one that ends a head
  } else if (c == '\r') {
    after_cr_ = true;
  } else if (line_bytes_ < line_.size()) {
    line_[line_bytes_++] = static_cast<char>(c);
  } else {
    line_cut_ = true;
  }
}

void HttpReply::take_body_byte(unsigned char c) noexcept {
  EDGESPAN_ASSERT(at_ == At::open_body || left_bytes_ != 0);
  if (opening_count_ < opening_.size()) opening_[opening_count_++] = static_cast<char>(c);
  if (at_ == At::open_body || --left_bytes_ != 0) return;
  at_ = at_ == At::chunk_data ? At::chunk_end : At::complete;
}

void HttpReply::on_line(std::string_view line) noexcept {
  switch (at_) {
    case At::status_line:
      return on_status_line(line);
    case At::header:
      return line.empty() ? on_head_end() : on_header(line);
    case At::chunk_size:
      return on_chunk_size(line);
    case At::chunk_end:
      at_ = line.empty() ? At::chunk_size : At::garbage;
      return;
    default:
      at_ = line.empty() ? At::complete : At::trailer;
      return;
  }
}

// `HTTP/1.x SP 3DIGIT [SP reason]`
void HttpReply::on_status_line(std::string_view line) noexcept {
  std::uint32_t status = 0;
  const bool sound = line.size() >= 12 && line.starts_with("HTTP/1.") && digit_value(line[7]) >= 0 &&
                     digit_value(line[7]) <= 9 && line[8] == ' ' &&
                     read_number({line.data() + 9, 3}, 10, 999, status) && status >= 100 && status <= 599 &&
                     (line.size() == 12 || line[12] == ' ');
  if (!sound) {
    at_ = At::garbage;
    return;
  }
  status_ = static_cast<std::uint16_t>(status);
  keep_alive_ = line[7] != '0';  // HTTP/1.0 closes unless it says otherwise
  retry_after_s_ = 0;
  retry_at_s_ = 0;
  says_close_ = has_length_ = has_coding_ = chunked_ = unsound_ = false;
  type_ = AnswerType::unnamed;
  left_bytes_ = 0;
  at_ = At::header;
}

void HttpReply::on_header(std::string_view line) noexcept {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos && line_cut_) return;  // a name longer than any that matters
  const std::string_view name = first_of(line, colon);
  // Folded lines and blanks before the colon are read differently by different parties: never guess.
  const bool blanks = name.find_first_of(" \t") != std::string_view::npos;
  if (colon == std::string_view::npos || name.empty() || blanks) {
    unsound_ = true;
    return;
  }
  on_field(name, trim(after(line, colon + 1)));
}

void HttpReply::on_field(std::string_view name, std::string_view value) noexcept {
  if (same_word(name, "content-length")) return on_content_length(value);
  if (same_word(name, "connection")) return on_connection(value);
  if (same_word(name, "content-type")) return on_content_type(value);
  if (same_word(name, "transfer-encoding")) {
    if (line_cut_) unsound_ = true;
    std::string_view last;
    while (!value.empty()) last = next_element(value);
    has_coding_ = true;
    chunked_ = same_word(last, "chunked");
  } else if (same_word(name, "retry-after") && !line_cut_) {
    std::uint32_t seconds = 0;
    const bool is_number = read_number(value, 10, retry_after_s_max, seconds);
    retry_after_s_ = static_cast<std::uint16_t>(is_number ? std::max<std::uint32_t>(seconds, 1) : 0);
    retry_at_s_ = is_number ? 0 : parse_http_date(value);
  }
}

void HttpReply::on_content_length(std::string_view value) noexcept {
  std::uint32_t length = 0;
  const bool sound = !line_cut_ && read_number(value, 10, length_max, length);
  if (!sound || (has_length_ && length != left_bytes_)) {
    unsound_ = true;
    return;
  }
  has_length_ = true;
  left_bytes_ = length;
}

void HttpReply::on_connection(std::string_view value) noexcept {
  if (line_cut_) says_close_ = true;  // the part that was cut may say so
  while (!value.empty()) {
    const std::string_view option = next_element(value);
    if (same_word(option, "close")) says_close_ = true;
    if (same_word(option, "keep-alive")) keep_alive_ = true;
  }
  if (says_close_) keep_alive_ = false;
}

void HttpReply::on_content_type(std::string_view value) noexcept {
  const std::string_view type = trim(first_of(value, value.find(';')));
  if (same_word(type, "application/x-protobuf")) {
    type_ = AnswerType::protobuf;
  } else if (same_word(type, "text/html") || same_word(type, "application/xhtml+xml")) {
    type_ = AnswerType::html;
  } else {
    type_ = AnswerType::other;
  }
}

void HttpReply::on_head_end() noexcept {
  EDGESPAN_ASSERT(final_status_ == 0 && status_ >= 100);  // a status line was read
  if (status_ < 200) {
    // 101 would hand the connection to a protocol that nobody asked for.
    at_ = status_ == 101 ? At::garbage : At::status_line;
    return;
  }
  final_status_ = status_;
  if (status_ == 204 || status_ == 304) {
    at_ = At::complete;  // these never have a body, whatever their headers say
    if (unsound_) keep_alive_ = false;
  } else if (has_coding_ && !unsound_) {
    at_ = chunked_ ? At::chunk_size : At::open_body;
    // Both framings at once is how requests are smuggled: nothing after this reply can be trusted.
    if (has_length_ || !chunked_) keep_alive_ = false;
  } else if (has_length_ && !unsound_) {
    at_ = left_bytes_ == 0 ? At::complete : At::sized_body;
  } else {
    at_ = At::open_body;
    keep_alive_ = false;
  }
}

// `1*HEXDIG [extensions]`
void HttpReply::on_chunk_size(std::string_view line) noexcept {
  EDGESPAN_ASSERT(chunked_);
  const std::string_view digits = first_of(line, line.find_first_of("; \t"));
  const bool all_seen = digits.size() < line.size() || !line_cut_;
  if (!all_seen || !read_number(digits, 16, length_max, left_bytes_)) {
    at_ = At::garbage;
    return;
  }
  at_ = left_bytes_ == 0 ? At::trailer : At::chunk_data;
}

}  // namespace edgespan::http_detail
