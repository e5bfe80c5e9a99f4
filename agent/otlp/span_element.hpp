// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "core/code.hpp"
#include "otlp/element_walk.hpp"
#include "otlp/field_reader.hpp"

namespace edgespan::otlp_detail {

// What an element (core/encode.hpp) says ahead of its annotations and tags. Views into the element.
struct SpanElement {
  Bytes trace_id{};                      // 8 or 16 bytes
  const std::byte* parent_id = nullptr;  // 8 bytes, or null
  const std::byte* id = nullptr;         // 8 bytes
  std::uint8_t kind = 0;
  Bytes name{};
  std::uint64_t start_us = 0;
  std::uint64_t duration_us = 0;
  Bytes endpoints{};  // both, as the element has them: local, then remote
  Bytes texts{};      // annotations and tags, and what stands behind them
};

// Keys of the fields in `texts`, and of the parts of a tag.
inline constexpr std::uint8_t key_annotation = 0x52;
inline constexpr std::uint8_t key_tag = 0x5A;
inline constexpr std::uint8_t key_tag_key = 0x0A;
inline constexpr std::uint8_t key_tag_value = 0x12;

inline constexpr std::uint8_t key_local = 0x42;

// Local, then remote, as far as they are there.
EDGESPAN_INLINE bool read_both_endpoints(ElementWalk& walk, Bytes before, Bytes& out) noexcept {
  constexpr std::uint8_t key_remote = detail::encode_impl::key_remote;
  if (!before.empty() && walk.skip(before, key_remote)) {
    out = before;
    return true;
  }
  const std::byte* const begin = walk.at();
  for (const std::uint8_t key : {key_local, key_remote}) {
    if (walk.is_next(key) && walk.bytes(key).data() == nullptr) return false;
  }
  out = {begin, walk.at()};
  return true;
}

// Reads the body of an element, whose fields stand in the order of their numbers. False: it is none that the
// agent writes. `before`: the endpoints of the element before, or none; most elements repeat them, and are
// then told so by `out.endpoints` having the same data. In line with what writes the span, so that what was
// read need not be kept in between.
EDGESPAN_INLINE bool read_span(Bytes body, Bytes before, SpanElement& out) noexcept {
  namespace keys = detail::encode_impl;
  ElementWalk walk{body};
  if (const std::byte* const wide = walk.field<16>(keys::key_trace_id)) {
    out.trace_id = {wide, 16};
  } else if (const std::byte* const narrow = walk.field<8>(keys::key_trace_id)) {
    out.trace_id = {narrow, 8};
  } else {
    return false;
  }
  out.parent_id = walk.field<8>(keys::key_parent_id);  // one of another size is no id below
  out.id = walk.field<8>(keys::key_id);
  if (out.id == nullptr) return false;
  std::uint64_t kind = 0;
  if (!walk.number(keys::key_kind, kind)) return false;
  out.kind = kind < 5 ? static_cast<std::uint8_t>(kind) : std::uint8_t{0};
  if (walk.is_next(keys::key_name)) {
    out.name = walk.bytes(keys::key_name);
    if (out.name.data() == nullptr) return false;
  }
  if (!walk.fixed64(keys::key_timestamp, out.start_us)) return false;
  if (!walk.number(keys::key_duration, out.duration_us)) return false;
  if (!read_both_endpoints(walk, before, out.endpoints)) return false;
  out.texts = walk.rest();
  return true;
}

// A service with its address, as an element has it.
struct ElementEndpoint {
  std::string_view service_name{};
  Bytes address{};  // 4 or 16 bytes, or none
  std::uint64_t port = 0;
};

// Reads SpanElement::endpoints. False: they are none.
bool read_endpoints(Bytes endpoints, ElementEndpoint& local, ElementEndpoint& remote) noexcept;

}  // namespace edgespan::otlp_detail
