// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <cstring>
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

// Reads the fields ahead of the endpoints, which stand in the order of their numbers. Returns where the
// endpoints begin. Null: the bytes are no element that the agent writes.
const std::byte* read_head(Bytes body, SpanElement& out) noexcept;

// The same for nearly every element: its ids, kind, name and times are all there, and the trace id has 128
// bits. So one look at the size stands for all that is read. Null: read_head() may know it.
EDGESPAN_INLINE const std::byte* read_usual_head(Bytes body, SpanElement& out) noexcept {
  namespace keys = detail::encode_impl;
  constexpr std::size_t to_name = 18 + 10 + 10 + 2;  // with a parent
  constexpr std::size_t times_max = 9 + 6;           // a duration of five digits
  const auto byte = [](const std::byte* at) { return static_cast<std::uint8_t>(*at); };
  if (detail::small_code || body.size() < to_name + 2 + times_max) return nullptr;
  const std::byte* const parent = body.data() + 18;
  const bool has_parent = byte(parent) == keys::key_parent_id;
  const std::byte* const id = has_parent ? parent + 10 : parent;
  const std::byte* const kind = id + 10;
  const std::byte* const name = kind + 2;
  const std::size_t name_bytes = byte(name + 1);
  const bool usual = byte(body.data()) == keys::key_trace_id && byte(body.data() + 1) == 16 &&
                     (!has_parent || byte(parent + 1) == 8) && byte(id) == keys::key_id &&
                     byte(id + 1) == 8 && byte(kind) == keys::key_kind && byte(kind + 1) < 5 &&
                     byte(name) == keys::key_name && name_bytes < 0x80;
  if (!usual || body.size() < to_name + 2 + name_bytes + times_max) return nullptr;
  const std::byte* at = name + 2 + name_bytes;
  if (byte(at) != keys::key_timestamp || byte(at + 9) != keys::key_duration) return nullptr;
  out.start_us = keys::get_le64(at + 1);
  at += 10;
  for (unsigned shift = 0;; shift += 7) {
    if (shift == 5 * 7) return nullptr;
    out.duration_us |= std::uint64_t{byte(at) & 0x7FU} << shift;
    if (byte(at++) < 0x80) break;
  }
  EDGESPAN_ASSERT(at <= body.data() + body.size());
  out.trace_id = body.subspan(2, 16);
  out.parent_id = has_parent ? parent + 2 : nullptr;
  out.id = id + 2;
  out.kind = byte(kind + 1);
  out.name = {name + 2, name_bytes};
  return at;
}

// Whether the endpoints `known`, and no others behind them, stand at `at`. Two looks at a register's worth
// that overlap, where that is quicker than a call.
EDGESPAN_INLINE bool has_endpoints(const std::byte* at, const std::byte* end, Bytes known) noexcept {
  const std::size_t size = known.size();
  if (size == 0 || size >= static_cast<std::size_t>(end - at)) return false;
  const auto next = static_cast<std::uint8_t>(at[size]);
  if (next == key_local || next == detail::encode_impl::key_remote) return false;
  if (size < 16 || size > 32) return std::memcmp(at, known.data(), size) == 0;
  return std::memcmp(at, known.data(), 16) == 0 &&
         std::memcmp(at + size - 16, known.data() + size - 16, 16) == 0;
}

// Reads the body of an element. False: it is none that the agent writes. `known` are the endpoints of the
// element before, which nearly every one has as well; SpanElement::endpoints is then that very view. In line
// with what writes the span, so that what was read need not be kept in between.
EDGESPAN_INLINE bool read_span(Bytes body, Bytes known, SpanElement& out) noexcept {
  const std::byte* const end = body.data() + body.size();
  const std::byte* endpoints = read_usual_head(body, out);
  if (endpoints == nullptr) {
    out = {};
    endpoints = read_head(body, out);
    if (endpoints == nullptr) return false;
  }
  if (has_endpoints(endpoints, end, known)) {
    out.endpoints = known;
    out.texts = {endpoints + known.size(), end};
    return true;
  }
  ElementWalk walk{{endpoints, end}};
  for (const std::uint8_t key : {key_local, std::uint8_t{detail::encode_impl::key_remote}}) {
    if (walk.is_next(key) && walk.bytes(key).data() == nullptr) return false;
  }
  out.endpoints = {endpoints, walk.at()};
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
