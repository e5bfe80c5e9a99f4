// SPDX-License-Identifier: Apache-2.0
#include "cli/text/escape.hpp"

#include <cstdint>

namespace edgespan::cli {
namespace {

std::uint8_t byte_at(std::string_view text, std::size_t at) noexcept {
  return at < text.size() ? static_cast<std::uint8_t>(text[at]) : std::uint8_t{0};
}

// The bytes of the character at `at` of UTF-8 text, or 0 if no valid one begins there. The second byte is
// where overlong forms, surrogates and what is past U+10FFFF show.
std::size_t character_bytes(std::string_view text, std::size_t at) noexcept {
  const std::uint8_t lead = byte_at(text, at);
  if (lead < 0x80) return 1;
  if (lead < 0xC2 || lead > 0xF4) return 0;
  const std::uint8_t low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
  const std::uint8_t high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
  const std::uint8_t second = byte_at(text, at + 1);
  if (second < low || second > high) return 0;
  const std::size_t size = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  for (std::size_t i = 2; i < size; ++i) {
    if ((byte_at(text, at + i) & 0xC0) != 0x80) return 0;
  }
  return size;
}

bool is_control(std::string_view character) noexcept {
  const std::uint8_t lead = byte_at(character, 0);
  if (character.size() == 1) return lead < 0x20 || lead == 0x7F;
  // U+0080 to U+009F: a terminal takes them for escape sequences.
  return lead == 0xC2 && byte_at(character, 1) < 0xA0;
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

// Copies `text`; control characters, bytes that are not UTF-8 and the characters in `also` become \xHH.
std::string escape(std::string_view text, std::string_view also) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t size = character_bytes(text, at);
    const std::string_view character = text.substr(at, size == 0 ? 1 : size);
    const bool plain = size != 0 && !is_control(character) && also.find(character) == also.npos;
    if (plain) {
      out += character;
    } else {
      append_escaped(out, character);
    }
    at += character.size();
  }
  return out;
}

}  // namespace

std::string field(std::string_view text) { return escape(text, " \\"); }
std::string field_name(std::string_view text) { return escape(text, " \\="); }
std::string printable(std::string_view text) { return escape(text, ""); }

bool is_utf8(std::string_view text) noexcept {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t size = character_bytes(text, at);
    if (size == 0) return false;
    at += size;
  }
  return true;
}

}  // namespace edgespan::cli
