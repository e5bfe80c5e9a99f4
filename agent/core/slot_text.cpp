// SPDX-License-Identifier: Apache-2.0
#include "core/slot_text.hpp"

#include <cstring>

#include "core/assert.hpp"
#include "core/encode_impl.hpp"
#include "core/encoded_endpoint.hpp"
#include "core/utf8.hpp"

namespace edgespan::detail {
namespace {

// Turns `old_size` bytes at `at` into room for `new_size`; null if the slot's text has no space for that.
EDGESPAN_INLINE std::byte* make_room(SpanSlot& slot, std::size_t at, std::size_t old_size,
                                     std::size_t new_size) noexcept {
  const std::size_t used = fields_bytes(slot);
  EDGESPAN_ASSERT(at + old_size <= used && used + slot.name_bytes <= slot.text.size());
  if (used - old_size + new_size + slot.name_bytes > slot.text.size()) return nullptr;
  std::byte* const place = slot.text.data() + at;
  const std::size_t behind = used - at - old_size;
  if (behind != 0) std::memmove(place + new_size, place + old_size, behind);
  return place;
}

struct Range {
  std::size_t at = 0;
  std::size_t size = 0;
};

// Where the tag `key` stands among the tags, or the empty range at their end. Lengths are of our own writing.
Range find_tag(const SpanSlot& slot, std::string_view key) noexcept {
  const std::size_t begin = fields_bytes(slot) - slot.tag_bytes;
  const std::size_t end = begin + slot.tag_bytes;
  std::size_t at = begin;
  while (at < end) {
    std::size_t body = static_cast<std::size_t>(slot.text[at + 1]);
    std::size_t head = 2;
    if (body >= 0x80) body = (body & 0x7F) | static_cast<std::size_t>(slot.text[at + head++]) << 7;
    const auto key_size = static_cast<std::size_t>(slot.text[at + head + 1]);
    if (key_size == key.size() && std::memcmp(&slot.text[at + head + 2], key.data(), key_size) == 0) {
      return {at, head + body};
    }
    at += head + body;
  }
  EDGESPAN_ASSERT(few_assertions || at == end);  // the tags fill their part of the text
  return {end, 0};
}

}  // namespace

bool set_name(SpanSlot& slot, std::string_view text) noexcept {
  if (text.size() > slot_text_max || !utf8(text)) return false;
  const std::size_t size = text.empty() ? 0 : text.size() + 2;
  if (fields_bytes(slot) + size > slot.text.size()) return false;
  if (size != 0) {
    [[maybe_unused]] const std::byte* const end =
        encode_impl::write_name(&slot.text[slot.text.size() - size], text);
    EDGESPAN_ASSERT(few_assertions || end == slot.text.data() + slot.text.size());
  }
  slot.name_bytes = static_cast<std::uint16_t>(size);
  return true;
}

bool set_tag(SpanSlot& slot, std::string_view key, std::string_view value) noexcept {
  if (key.empty() || key.size() > slot_text_max || !utf8(key) || !utf8(value)) return false;
  if (value.size() > span_text_bytes) return false;
  const Range old = find_tag(slot, key);
  const std::size_t size = encode_impl::tag_size(key, value);
  std::byte* const out = make_room(slot, old.at, old.size, size);
  if (out == nullptr) return false;
  [[maybe_unused]] const std::byte* const end = encode_impl::write_tag(out, key, value);
  EDGESPAN_ASSERT(few_assertions || end == out + size);
  slot.tag_bytes = static_cast<std::uint16_t>(slot.tag_bytes - old.size + size);
  return true;
}

bool append_tag(SpanSlot& slot, std::string_view key, std::string_view value) noexcept {
  EDGESPAN_ASSERT(!key.empty() && key.size() <= slot_text_max);
  const std::size_t size = encode_impl::tag_size(key, value);
  std::byte* const out = make_room(slot, fields_bytes(slot), 0, size);
  if (out == nullptr) return false;
  [[maybe_unused]] const std::byte* const end = encode_impl::write_tag(out, key, value);
  EDGESPAN_ASSERT(few_assertions || end == out + size);
  slot.tag_bytes = static_cast<std::uint16_t>(slot.tag_bytes + size);
  return true;
}

bool add_annotation(SpanSlot& slot, std::uint64_t at_us, std::string_view text) noexcept {
  if (text.empty() || text.size() > span_text_bytes || !utf8(text)) return false;
  const std::size_t size = encode_impl::annotation_size(text);
  std::byte* const out = make_room(slot, fields_bytes(slot) - slot.tag_bytes, 0, size);
  if (out == nullptr) return false;
  [[maybe_unused]] const std::byte* const end = encode_impl::write_annotation(out, at_us, text);
  EDGESPAN_ASSERT(few_assertions || end == out + size);
  slot.annotation_bytes = static_cast<std::uint16_t>(slot.annotation_bytes + size);
  EDGESPAN_ASSERT(few_assertions || texts_fit(slot));
  return true;
}

bool write_remote_name(SpanSlot& slot, std::string_view name) noexcept {
  if (name.size() > service_name_max || !name_text(name)) return false;
  const std::size_t size = name.empty() ? 0 : name.size() + 4;
  std::byte* const out = make_room(slot, 0, slot.remote_bytes, size);
  if (out == nullptr) return false;
  slot.remote_bytes = static_cast<std::uint16_t>(size);
  if (size == 0) return true;
  const auto body = static_cast<std::uint8_t>(name.size() + 2);
  const std::byte* const end = encode_impl::put_lower(
      encode_impl::put(encode_impl::put(out, encode_impl::key_remote), body), 0x0A, name);
  EDGESPAN_ASSERT(few_assertions || end == out + size);
  return true;
}

bool set_remote(SpanSlot& slot, const EndpointView& endpoint) noexcept {
  EncodedEndpoint encoded;
  if (!encode_endpoint(endpoint, EndpointField::remote, encoded)) return false;
  std::byte* const out = make_room(slot, 0, slot.remote_bytes, encoded.size);
  if (out == nullptr) return false;
  slot.remote_bytes = static_cast<std::uint16_t>(encoded.size);
  (void)encode_impl::put_bytes(out, encoded.view());
  return true;
}

}  // namespace edgespan::detail
