// SPDX-License-Identifier: Apache-2.0
// How large a span can get: the encoder itself counts it, at compile time, with every part at its largest.
#pragma once

#include <algorithm>

#include "core/encode_impl.hpp"
#include "core/encoded_endpoint.hpp"

namespace edgespan::detail {

// Texts and runs of fields are counted, never read.
inline constexpr std::array<std::byte, 512> any_bytes{};
inline constexpr std::array<char, 512> any_chars{};
inline constexpr Context largest_context{UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX, Decision::debug};

constexpr Bytes bytes_of(std::size_t size) noexcept {
  EDGESPAN_ASSERT(size <= any_bytes.size());
  return Bytes{any_bytes}.first(size);
}
constexpr std::string_view text_of(std::size_t size) noexcept {
  EDGESPAN_ASSERT(size <= any_chars.size());
  return {any_chars.data(), size};
}

constexpr SpanFields largest_frame() noexcept {
  SpanFields span{largest_context};
  span.kind = Kind::consumer;
  span.start_us = span.duration_us = UINT64_MAX;
  span.local = bytes_of(sizeof EncodedEndpoint::bytes);
  return span;
}

// A span of the application: name, remote endpoint, annotations and tags share the room of a slot.
constexpr std::uint32_t largest_open_span() noexcept {
  SpanFields span = largest_frame();
  span.text = bytes_of(span_text_bytes);
  return encode_impl::encoded_size(span).total;
}

}  // namespace edgespan::detail
