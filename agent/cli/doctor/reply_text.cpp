// SPDX-License-Identifier: Apache-2.0
#include "cli/doctor/reply_text.hpp"

#include "cli/text/escape.hpp"

#include <algorithm>
#include <charconv>

namespace edgespan::cli {
namespace {

constexpr std::size_t excerpt_bytes_max = 120;
constexpr std::string_view end_of_head = "\r\n\r\n";

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool equal_letters(char a, char b) noexcept { return lower(a) == b; }

std::string_view after_first(std::string_view text, std::string_view separator) noexcept {
  const std::size_t at = text.find(separator);
  return at == text.npos ? std::string_view{} : text.substr(at + separator.size());
}

// The number at the start of `text`; `otherwise` if there is none.
std::size_t number_or(std::string_view text, std::size_t otherwise) noexcept {
  std::size_t value = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  return result.ec == std::errc{} ? value : otherwise;
}

}  // namespace

bool contains_word(std::string_view text, std::string_view lower_case) noexcept {
  return std::search(text.begin(), text.end(), lower_case.begin(), lower_case.end(), equal_letters) !=
         text.end();
}

ReplyText::ReplyText(std::string_view bytes) noexcept : head_{bytes}, body_{bytes} {
  if (!bytes.starts_with("HTTP/")) {
    head_ = {};
    return;
  }
  // Interim replies (1xx) come before the final one.
  while (head_.size() > 9 && head_.substr(8).starts_with(" 1")) head_ = after_first(head_, end_of_head);
  body_ = after_first(head_, end_of_head);
  head_ = head_.substr(0, head_.size() - body_.size());
}

unsigned ReplyText::status() const noexcept {
  const std::string_view line = head_.substr(0, head_.find("\r\n"));
  const bool whole = line.size() < head_.size();
  return whole ? static_cast<unsigned>(number_or(after_first(line, " "), 0)) : 0;
}

std::string_view ReplyText::header(std::string_view name) const noexcept {
  for (std::string_view rest = after_first(head_, "\n"); !rest.empty(); rest = after_first(rest, "\n")) {
    std::string_view line = rest.substr(0, rest.find('\n'));
    const std::size_t colon = line.find(':');
    if (colon == line.npos) continue;
    const std::string_view found = line.substr(0, colon);
    if (!std::equal(found.begin(), found.end(), name.begin(), name.end(), equal_letters)) continue;
    line.remove_prefix(colon + 1);
    const std::size_t first = line.find_first_not_of(" \t\r");
    return first == line.npos ? std::string_view{}
                              : line.substr(first, line.find_last_not_of(" \t\r") - first + 1);
  }
  return {};
}

bool ReplyText::complete() const noexcept {
  return head_.ends_with(end_of_head) && body_.size() >= number_or(header("content-length"), body_.npos);
}

// A record of TLS begins with its type, an alert or a handshake, and then a version, 3.x.
bool ReplyText::is_tls() const noexcept {
  return head_.empty() && body_.size() >= 2 && (body_[0] == 0x15 || body_[0] == 0x16) && body_[1] == 0x03;
}

bool ReplyText::is_html() const noexcept {
  return contains_word(header("content-type"), "html") || contains_word(body_.substr(0, 256), "<html");
}

std::string ReplyText::excerpt() const {
  std::string_view text = body_;
  if (is_html()) {
    const std::string_view title = after_first(text, "<title>");
    if (title.empty()) return "a page of HTML";
    text = title.substr(0, title.find('<'));
  }
  text.remove_prefix(std::min(text.find_first_not_of("\r\n "), text.size()));
  text = text.substr(0, text.find_first_of("\r\n"));
  const bool cut = text.size() > excerpt_bytes_max;
  return printable(text.substr(0, excerpt_bytes_max)) + (cut ? "..." : "");
}

}  // namespace edgespan::cli
