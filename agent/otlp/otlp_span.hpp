// SPDX-License-Identifier: Apache-2.0
// An element becomes a span of OTLP, in line with what reads the element: across a call, what was read would
// go through memory, which is a sixth of the time that a batch takes.
#pragma once

#include <array>
#include <cstddef>
#include <cstring>

#include "core/assert.hpp"
#include "core/code.hpp"
#include "otlp/otlp_endpoints.hpp"
#include "otlp/otlp_fields.hpp"
#include "otlp/tag_meaning.hpp"

namespace edgespan::otlp_detail {
namespace span_impl {

// By the element's number of a kind: unspecified, client, server, producer, consumer.
inline constexpr std::array<std::uint8_t, 5> kinds{0, 3, 2, 4, 5};

// A tag that is an attribute and no more, and of which each length takes one byte, here and there: the usual
// one. Its key is copied with what stands around it. True: `at` and `out` are behind it.
EDGESPAN_INLINE bool put_usual_tag(const std::byte*& at, const std::byte* end, std::byte*& out) noexcept {
  constexpr std::size_t frames = 4;  // of key and value, in a tag; an attribute has two bytes more
  if (end - at < 8) return false;
  const auto size = static_cast<std::size_t>(at[1]);
  const auto key = static_cast<std::size_t>(at[3]);
  const bool whole = static_cast<std::uint8_t>(at[0]) == key_tag &&
                     size + 2 <= static_cast<std::size_t>(end - at) && size < 0x80 - 2 &&
                     static_cast<std::uint8_t>(at[2]) == key_tag_key && key != 0 && key + frames <= size;
  if (!whole) return false;
  EDGESPAN_ASSERT(size >= key + frames);
  const std::size_t value = size - key - frames;
  const std::byte* const behind_key = at + 4 + key;
  if (static_cast<std::uint8_t>(behind_key[0]) != key_tag_value ||
      static_cast<std::size_t>(behind_key[1]) != value ||
      may_have_meaning({reinterpret_cast<const char*>(at + 4), key})) {
    return false;
  }
  out[0] = std::byte{key_attribute};
  out[1] = static_cast<std::byte>(size + 2);
  std::byte* const wrapped = put_run(out + 2, at + 2, key + 2);
  wrapped[0] = std::byte{key_attribute_value};
  wrapped[1] = static_cast<std::byte>(value + 2);
  wrapped[2] = std::byte{key_value_string};
  wrapped[3] = static_cast<std::byte>(value);
  out = put_run(wrapped + 4, behind_key + 2, value);
  at += 2 + size;
  return true;
}

EDGESPAN_INLINE std::byte* put_texts(std::byte* out, Bytes texts, TagMeaning& meaning) noexcept {
  const std::byte* at = texts.data();
  const std::byte* const end = at + texts.size();
  while (at != end) {
    if (put_usual_tag(at, end, out)) continue;
    FieldReader field{{at, end}};
    if (!field.next()) return nullptr;
    at = field.rest().data();
    out = put_text_field(out, field, meaning);
    if (out == nullptr) return nullptr;
  }
  return out;
}

// In steps of some registers, the last of which goes beyond the end: quicker than a call.
EDGESPAN_INLINE std::byte* put_endpoints(std::byte* out, Bytes endpoints) noexcept {
  EDGESPAN_ASSERT(endpoints.size() <= endpoints_bytes_max);
  for (std::size_t at = 0; at < endpoints.size(); at += endpoints_step) {
    std::memcpy(out + at, endpoints.data() + at, endpoints_step);
  }
  return out + endpoints.size();
}

EDGESPAN_INLINE std::byte* put_id(std::byte* out, std::uint8_t key, const std::byte* id) noexcept {
  EDGESPAN_ASSERT(id != nullptr);
  out = put(put(out, key), 8);
  std::memcpy(out, id, 8);
  return out + 8;
}

EDGESPAN_INLINE std::byte* put_ids(std::byte* out, const SpanElement& span) noexcept {
  EDGESPAN_ASSERT(span.trace_id.size() == 16 || span.trace_id.size() == 8);
  out = put(put(out, key_trace_id), 16);
  if (span.trace_id.size() == 16) {
    std::memcpy(out, span.trace_id.data(), 16);
  } else {
    std::memset(out, 0, 8);
    std::memcpy(out + 8, span.trace_id.data(), 8);
  }
  out = put_id(out + 16, key_span_id, span.id);
  return span.parent_id == nullptr ? out : put_id(out, key_parent_span_id, span.parent_id);
}

EDGESPAN_INLINE std::byte* put_name_and_times(std::byte* out, const SpanElement& span) noexcept {
  if (!span.name.empty()) {
    out = put(put(out, key_name), static_cast<std::uint8_t>(span.name.size()));  // one byte, as it was read
    out = put_run(out, span.name.data(), span.name.size());
  }
  EDGESPAN_ASSERT(span.kind < kinds.size() && span.name.size() < 0x80);  // as read_span() lets them be
  if (span.kind != 0) out = put(put(out, key_kind), kinds[span.kind]);
  if (span.start_us == 0) return out;
  out = put_le64(put(out, key_start), span.start_us * ns_per_us);
  return put_le64(put(out, key_end), (span.start_us + span.duration_us) * ns_per_us);
}

}  // namespace span_impl

// The most that write_span() writes for an element of `bytes` apart from its endpoints. A tag grows by 5
// bytes of its 7 or more; times, ids and the status are the rest.
constexpr std::size_t span_bytes_most(std::size_t bytes) noexcept { return 2 * bytes + 128; }

// Writes `span` as one element of ScopeSpans.spans, key and length included, in the order of the field
// numbers; `endpoints` are what write_endpoints() made of SpanElement::endpoints, and may be read up to a
// multiple of endpoints_step. Returns the end of it; null if it has a part that the agent does not write, or
// 16 KiB or more. `out` has room for span_bytes_most() of its element, and `endpoints`.
EDGESPAN_INLINE std::byte* write_span(const SpanElement& span, Bytes endpoints, std::byte* out) noexcept {
  // Most lengths take two bytes. The body is written behind them, and moved if they take one.
  std::byte* const length = put(out, key_span);
  std::byte* const body = length + 2;
  using namespace span_impl;
  TagMeaning meaning;
  std::byte* end = put_name_and_times(put_ids(body, span), span);
  end = put_texts(end, span.texts, meaning);
  if (end == nullptr) return nullptr;
  end = put_endpoints(end, endpoints);
  if (meaning.any()) end = put_status_and_flags(end, meaning, span.parent_id != nullptr);
  const auto bytes = static_cast<std::size_t>(end - body);
  if (bytes >= 0x4000) return nullptr;
  if (bytes < 0x80) {
    std::memmove(put(length, static_cast<std::uint8_t>(bytes)), body, bytes);
    return end - 1;
  }
  length[0] = static_cast<std::byte>(bytes | 0x80);
  length[1] = static_cast<std::byte>(bytes >> 7);
  return end;
}

}  // namespace edgespan::otlp_detail
