// SPDX-License-Identifier: Apache-2.0
#include "kit/header_pairs.hpp"

#include <algorithm>
#include <array>

#include "core/assert.hpp"
#include "kit/text_piece.hpp"

namespace edgespan::settings_detail {
namespace {

// What a request has of its own, or what changes how its body is read.
constexpr std::array<std::string_view, 9> own_names{"host",
                                                    "content-type",
                                                    "content-length",
                                                    "content-encoding",
                                                    "transfer-encoding",
                                                    "connection",
                                                    "expect",
                                                    "upgrade",
                                                    "b3"};

// What RFC 9110 calls a token.
bool is_token(std::string_view text) noexcept {
  constexpr std::string_view more = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [more](char c) {
    const char letter = lower(c);
    return (letter >= 'a' && letter <= 'z') || (c >= '0' && c <= '9') ||
           more.find(c) != std::string_view::npos;
  });
}

// A control character would end the line, or the request.
bool is_field_value(std::string_view encoded) noexcept {
  while (!encoded.empty()) {
    const auto byte = static_cast<unsigned char>(take_percent_decoded(encoded));
    if ((byte < 0x20 && byte != '\t') || byte == 0x7f) return false;
  }
  return true;
}

bool is_named_again(std::string_view name, std::string_view rest) noexcept {
  while (!rest.empty()) {
    if (same_word(take_header_pair(rest).name, name)) return true;
  }
  return false;
}

}  // namespace

HeaderPair take_header_pair(std::string_view& list) noexcept {
  std::string_view piece = take_piece(list, ',');
  HeaderPair pair;
  pair.name = take_piece(piece, '=');
  pair.value = trimmed(piece);
  return pair;
}

const char* header_problem(const HeaderPair& pair) noexcept {
  if (!is_token(pair.name)) return "is no name of a header; write name=value, with commas between";
  for (const std::string_view own : own_names) {
    if (same_word(pair.name, own)) return "is a header that edgespan writes itself";
  }
  if (pair.value.empty()) return "has no value; write name=value, with commas between";
  return is_field_value(pair.value) ? nullptr : "has a control character in its value";
}

std::string_view put_header_lines(std::string_view list, std::span<char> out) noexcept {
  std::size_t used = 0;
  const auto put = [&](std::string_view text) {
    EDGESPAN_ASSERT(text.size() <= out.size() - used);
    used += text.copy(out.data() + used, out.size() - used);
  };
  while (!list.empty()) {
    HeaderPair pair = take_header_pair(list);
    if (is_named_again(pair.name, list)) continue;
    put(pair.name);
    put(": ");
    while (!pair.value.empty()) {
      const char c = take_percent_decoded(pair.value);
      put({&c, 1});
    }
    put("\r\n");
  }
  if (used != 0) put("\r\n");
  return {out.data(), used};
}

}  // namespace edgespan::settings_detail
