// SPDX-License-Identifier: Apache-2.0
#include "cli/headers/header_line.hpp"

#include <cstddef>
#include <optional>
#include <utility>

namespace edgespan::cli {
namespace {

int hex_value(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
  return -1;
}

// The bytes that `text` stands for; none if an escape in it is unknown or incomplete.
std::optional<std::string> unescape(std::string_view text) {
  std::string bytes;
  bytes.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      bytes += text[i];
    } else if (text.substr(i, 2) == "\\\\") {
      bytes += '\\';
      i += 1;
    } else {
      if (text.substr(i, 2) != "\\x" || text.size() < i + 4) return std::nullopt;
      const int high = hex_value(text[i + 2]);
      const int low = hex_value(text[i + 3]);
      if (high < 0 || low < 0) return std::nullopt;
      bytes += static_cast<char>(high * 16 + low);
      i += 3;
    }
  }
  return bytes;
}

}  // namespace

HeaderLine read_header_line(std::string_view text) {
  HeaderLine line;
  if (text.empty()) return line;
  for (std::size_t number = 1;; ++number) {
    const std::size_t end = text.find('\t');
    const std::string_view field = text.substr(0, end);
    const std::string header = "header " + std::to_string(number);
    const std::size_t equals = field.find('=');
    if (equals == std::string_view::npos) {
      line.fault = header + " has no '='; write name=value and separate headers by one tab";
      return line;
    }
    auto name = unescape(field.substr(0, equals));
    auto value = unescape(field.substr(equals + 1));
    if (!name || !value) {
      line.fault = header + " has an unknown escape; write \\xHH for a byte and \\\\ for a backslash";
      return line;
    }
    line.headers.push_back({std::move(*name), std::move(*value)});
    if (end == std::string_view::npos) return line;
    text.remove_prefix(end + 1);
  }
}

}  // namespace edgespan::cli
