// SPDX-License-Identifier: Apache-2.0
#include "cli/man/roff.hpp"

#include <edgespan/version.hpp>

#include <algorithm>

namespace edgespan::cli {

std::string roff(std::string_view text) {
  std::string out;
  bool bold = false;
  bool begins = true;  // of a line, where a dot or a quote would be a command
  for (const char c : text) {
    if (begins && (c == '.' || c == '\'')) out += "\\&";
    begins = c == '\n';
    if (c == '`') {
      bold = !bold;
      out += bold ? "\\fB" : "\\fR";
    } else if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else {
      out += c;
    }
  }
  return out;
}

std::string roff_lines(std::string_view text) {
  constexpr std::size_t line_bytes = 100;
  const std::string whole = roff(text);
  std::string out;
  std::size_t column = 0;
  for (std::size_t at = 0; at < whole.size();) {
    const std::size_t end = std::min(whole.find(' ', at + 1), whole.size());
    const std::size_t size = end - at;
    if (whole[at] == ' ' && column + size > line_bytes) {
      out += '\n';
      at += 1;
      column = 0;
      if (whole[at] == '.' || whole[at] == '\'') out += "\\&";
    }
    out.append(whole, at, end - at);
    column += end - at;
    at = end;
  }
  return out;
}

std::string roff_bold(std::string_view text) { return "\\fB" + roff(text) + "\\fR"; }

std::string roff_head(std::string_view name, std::string_view section, std::string_view title) {
  return ".\\\" SPDX-License-Identifier: Apache-2.0\n.\\\" Made by `edgespan`; do not change it here.\n.TH " +
         std::string{name} + " " + std::string{section} + " \"\" \"edgespan " + std::string{version} +
         "\" \"" + std::string{title} + "\"\n";
}

}  // namespace edgespan::cli
