// SPDX-License-Identifier: Apache-2.0
#include "cli/text/escape.hpp"

#include "core/utf8.hpp"

#include <cstdint>

namespace edgespan::cli {
namespace {

bool control(std::string_view sequence) noexcept {
  const auto lead = static_cast<std::uint8_t>(sequence[0]);
  if (sequence.size() == 1) return lead < 0x20 || lead == 0x7F;
  // U+0080 to U+009F: a terminal takes them for escape sequences.
  return lead == 0xC2 && static_cast<std::uint8_t>(sequence[1]) < 0xA0;
}

void append_escaped(std::string& out, std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  for (const char c : bytes) {
    const auto byte = static_cast<std::uint8_t>(c);
    out += "\\x";
    out += digits[byte >> 4];
    out += digits[byte & 15];
  }
}

// Copies `text`; control characters, bad UTF-8 and the ASCII characters in `also` become \xHH.
std::string escape(std::string_view text, std::string_view also) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t size = detail::utf8_sequence(text, at);
    const std::string_view sequence = text.substr(at, size == 0 ? 1 : size);
    const bool plain = size != 0 && !control(sequence) && also.find(sequence) == also.npos;
    if (plain) {
      out += sequence;
    } else {
      append_escaped(out, sequence);
    }
    at += sequence.size();
  }
  return out;
}

}  // namespace

std::string field(std::string_view text) { return escape(text, " \\"); }
std::string field_name(std::string_view text) { return escape(text, " \\="); }
std::string printable(std::string_view text) { return escape(text, ""); }

std::string counted(std::uint64_t count, std::string_view one, std::string_view many) {
  return std::to_string(count) + ' ' + std::string{count == 1 ? one : many};
}

std::size_t columns(std::string_view text) noexcept {
  std::size_t count = 0;
  for (const char c : text) count += (static_cast<std::uint8_t>(c) & 0xC0) != 0x80;
  return count;
}

}  // namespace edgespan::cli
