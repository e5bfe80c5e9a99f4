// SPDX-License-Identifier: Apache-2.0
#include "http/wide_ids.hpp"

#include <algorithm>
#include <cstdint>

#include "core/assert.hpp"

namespace edgespan::http_detail {
namespace {

using Bytes = std::span<const std::byte>;

constexpr std::uint8_t key_list_span = 0x0A;  // as in core/encode.hpp
constexpr std::uint8_t key_trace_id = 0x0A;
constexpr std::size_t short_id = 8;
constexpr std::size_t wide_id = 16;

constexpr std::uint8_t byte_of(std::byte value) noexcept { return static_cast<std::uint8_t>(value); }

struct Element {
  std::size_t frame = 0;  // its key and its length
  std::size_t bytes = 0;  // of all of it
  bool has_short_id = false;
};

// Elements are the agent's own. What is none goes out as it is.
Element element_at(Bytes rest) noexcept {
  EDGESPAN_ASSERT(!rest.empty());
  std::size_t body = 0;
  std::size_t frame = 1;
  for (unsigned shift = 0; shift < 21 && frame < rest.size(); shift += 7) {
    const std::uint8_t digit = byte_of(rest[frame++]);
    body |= std::size_t{digit & 0x7FU} << shift;
    if (digit < 0x80) break;
  }
  if (byte_of(rest[0]) != key_list_span || body > rest.size() - frame) return {0, rest.size(), false};
  const Bytes id = rest.subspan(frame, body);
  return {frame, frame + body,
          body >= 2 + short_id && byte_of(id[0]) == key_trace_id && byte_of(id[1]) == short_id};
}

std::size_t put_varint(std::size_t value, std::byte* out) noexcept {
  std::size_t n = 0;
  for (; value >= 0x80; value >>= 7) out[n++] = static_cast<std::byte>(value | 0x80);
  out[n++] = static_cast<std::byte>(value);
  return n;
}

// Returns how many bytes of `head` it has written: up to the id itself, of which the zeros are a part.
std::size_t write_head(const Element& element, WideHead& head) noexcept {
  EDGESPAN_ASSERT(element.has_short_id);
  head[0] = std::byte{key_list_span};
  std::size_t n = 1 + put_varint(element.bytes - element.frame + wide_id - short_id, &head[1]);
  head[n++] = std::byte{key_trace_id};
  head[n++] = std::byte{wide_id};
  std::fill_n(&head[n], wide_id - short_id, std::byte{0});
  n += wide_id - short_id;
  EDGESPAN_ASSERT(n <= head.size());
  return n;
}

}  // namespace

std::size_t wide_bytes(Bytes portion) noexcept {
  std::size_t bytes = portion.size();
  for (WideHead head; !portion.empty();) {
    const Element element = element_at(portion);
    if (element.has_short_id) bytes += write_head(element, head) - element.frame - 2;
    portion = portion.subspan(element.bytes);
  }
  return bytes;
}

Bytes wide_piece(Bytes portion, std::size_t at, WideHead& head) noexcept {
  while (!portion.empty()) {
    const Element element = element_at(portion);
    Bytes rest = portion.first(element.bytes);
    if (element.has_short_id) {
      const std::size_t written = write_head(element, head);
      if (at < written) return Bytes{head}.subspan(at, written - at);
      at -= written;
      rest = rest.subspan(element.frame + 2);
    }
    if (at < rest.size()) return rest.subspan(at);
    at -= rest.size();
    portion = portion.subspan(element.bytes);
  }
  return {};
}

}  // namespace edgespan::http_detail
