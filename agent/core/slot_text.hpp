// SPDX-License-Identifier: Apache-2.0
// The texts of an open span, kept in its slot as encoded fields. The remote endpoint, the annotations and the
// tags grow from the front of SpanSlot::text, in this order. The name lies at the end: it is often set last,
// and would push the others on if it stood before them.
//
// Every function here runs on the thread that owns the span, or in the sweep after that thread has lost the
// span.
#pragma once

#include <cstddef>
#include <cstdint>
#include <edgespan/span_slot.hpp>
#include <string_view>

#include "core/encoded_endpoint.hpp"

namespace edgespan::detail {

// The longest name of a span and the longest key of a tag, in bytes, so that their encoded length takes one
// byte.
inline constexpr std::size_t slot_text_max = 127;

// Takes all texts out of a slot.
inline void clear_texts(SpanSlot& slot) noexcept {
  slot.name_bytes = slot.remote_bytes = slot.annotation_bytes = slot.tag_bytes = 0;
}

// Bytes of the fields at the front of the text: remote endpoint, annotations and tags.
inline std::size_t fields_bytes(const SpanSlot& slot) noexcept {
  return std::size_t{slot.remote_bytes} + slot.annotation_bytes + slot.tag_bytes;
}

// Whether what the lengths name lies in the text, and the name behind the fields.
inline bool texts_fit(const SpanSlot& slot) noexcept {
  return fields_bytes(slot) + slot.name_bytes <= slot.text.size();
}

// Each of these returns false, and leaves the slot as it was, if a text is too long for its place, is not
// UTF-8, or does not fit beside the other texts.

// Sets or replaces the name; an empty one removes it.
bool set_name(SpanSlot& slot, std::string_view text) noexcept;

// Sets or replaces a tag. False for an empty key.
bool set_tag(SpanSlot& slot, std::string_view key, std::string_view value) noexcept;

// Adds a tag whose key the slot does not hold. Key (1 to 127 bytes) and value are UTF-8, which the caller has
// checked.
bool append_tag(SpanSlot& slot, std::string_view key, std::string_view value) noexcept;

// Adds an annotation at `at_us` of the monotonic clock. False for an empty text.
bool add_annotation(SpanSlot& slot, std::uint64_t at_us, std::string_view text) noexcept;

// Sets or replaces the remote endpoint; one of nothing removes it. False as well for a name that
// encode_endpoint() does not take.
bool set_remote(SpanSlot& slot, const EndpointView& endpoint) noexcept;

// The same for an endpoint of a name alone. Fast code writes the name where it stays.
bool write_remote_name(SpanSlot& slot, std::string_view name) noexcept;
inline bool set_remote_name(SpanSlot& slot, std::string_view name) noexcept {
  return small_code ? set_remote(slot, {.name = name}) : write_remote_name(slot, name);
}

}  // namespace edgespan::detail
