// SPDX-License-Identifier: Apache-2.0
// Fields of OTLP's messages, each written at `out`, which has the room; returned is what lies behind it.
// Number and wire type stand in the keys' names as opentelemetry/proto/trace/v1/trace.proto has them.
#pragma once

#include <cstring>
#include <string_view>

#include "core/encode_impl.hpp"
#include "otlp/span_element.hpp"

namespace edgespan::otlp_detail {

using detail::encode_impl::put;
using detail::encode_impl::put_le64;
using detail::encode_impl::put_run;
using detail::encode_impl::put_text;
using detail::encode_impl::put_varint;
using detail::encode_impl::varint64_size;

enum : std::uint8_t {
  key_request_resource_spans = 0x0A,
  key_resource = 0x0A,  // of ResourceSpans
  key_resource_attribute = 0x0A,
  key_scope_spans = 0x12,
  key_scope = 0x0A,  // of ScopeSpans
  key_scope_name = 0x0A,
  key_span = 0x12,
  key_trace_id = 0x0A,  // of Span, from here on
  key_span_id = 0x12,
  key_parent_span_id = 0x22,
  key_name = 0x2A,
  key_kind = 0x30,
  key_start = 0x39,
  key_end = 0x41,
  key_attribute = 0x4A,
  key_event = 0x5A,
  key_status = 0x7A,
  key_flags = 0x85,           // and 0x01
  key_status_message = 0x12,  // of Status
  key_status_code = 0x18,
  key_attribute_key = 0x0A,  // of KeyValue
  key_attribute_value = 0x12,
  key_value_string = 0x0A,  // of AnyValue
  key_value_bool = 0x10,
  key_value_int = 0x18,
  key_event_time = 0x09,  // of Event
  key_event_name = 0x12,
};

inline constexpr std::uint64_t ns_per_us = 1'000;

constexpr std::size_t text_bytes(std::size_t size) noexcept { return 1 + varint64_size(size) + size; }

// A KeyValue up to its AnyValue, which has `value_bytes`.
inline std::byte* put_attribute_key(std::byte* out, std::uint8_t field, std::string_view key,
                                    std::size_t value_bytes) noexcept {
  out = put_varint(put(out, field), text_bytes(key.size()) + text_bytes(value_bytes));
  out = put_text(out, key_attribute_key, key);
  return put_varint(put(out, key_attribute_value), value_bytes);
}

inline std::byte* put_attribute(std::byte* out, std::uint8_t field, std::string_view key,
                                std::string_view value) noexcept {
  return put_text(put_attribute_key(out, field, key, text_bytes(value.size())), key_value_string, value);
}

inline std::byte* put_number(std::byte* out, std::string_view key, std::uint64_t value) noexcept {
  out = put_attribute_key(out, key_attribute, key, 1 + varint64_size(value));
  return put_varint(put(out, key_value_int), value);
}

inline std::byte* put_truth(std::byte* out, std::string_view key, bool value) noexcept {
  return put(put(put_attribute_key(out, key_attribute, key, 2), key_value_bool), value ? 1 : 0);
}

}  // namespace edgespan::otlp_detail
