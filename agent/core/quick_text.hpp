// SPDX-License-Identifier: Apache-2.0
// The quick way of the texts that nearly every span has: ASCII, short, told once, with room for them. A text
// is read once, a register at a time: what is read is judged, made lower-case where it must be, and written
// where it stays. Each function returns false, and leaves all texts as they were, if its text is none of
// those; slot_text.hpp takes every text.
//
// Not for registers of 32 bits: they would save little, and have no flash for it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <utility>

#include "core/code.hpp"
#include "core/encode_impl.hpp"
#include "core/encoded_endpoint.hpp"
#include "core/slot_text.hpp"
#include "core/stripe_counters.hpp"

namespace edgespan::detail {

inline constexpr bool quick_texts = has_threads && !small_code && sizeof(void*) >= 8;

namespace quick {

inline constexpr std::uint64_t ones = ~std::uint64_t{0} / 255;
inline constexpr std::uint64_t high_bits = ones * 0x80;

template <typename Word>
EDGESPAN_INLINE std::uint64_t load(const void* at) noexcept {
  Word word;
  std::memcpy(&word, at, sizeof word);
  return word;
}
template <typename Word>
EDGESPAN_INLINE void store(void* at, std::uint64_t value) noexcept {
  const auto word = static_cast<Word>(value);
  std::memcpy(at, &word, sizeof word);
}

// Copies a text in words that overlap. Every word goes through `take`, which may change it, and returns what
// is wrong with it in the highest bit of each byte. False: something is wrong. A word that no text fills is
// filled with characters of the text twice, and with blanks.
template <typename Take>
EDGESPAN_INLINE bool copy(std::byte* out, std::string_view text, Take take) noexcept {
  const char* const in = text.data();
  const std::size_t size = text.size();
  std::uint64_t wrong = 0;
  if (size >= 8) {
    const auto one = [&](std::size_t at) __attribute__((always_inline)) {
      std::uint64_t word = load<std::uint64_t>(in + at);
      wrong |= take(word);
      store<std::uint64_t>(out + at, word);
    };
    one(0);
    for (std::size_t at = 8; at + 8 < size; at += 8) one(at);
    one(size - 8);
  } else if (size >= 4) {
    std::uint64_t word = load<std::uint32_t>(in) | load<std::uint32_t>(in + size - 4) << 32;
    wrong = take(word);
    store<std::uint32_t>(out, word);
    store<std::uint32_t>(out + size - 4, word >> 32);
  } else if (size != 0) {
    std::uint64_t word = ones * ' ' << 24 | load<std::uint8_t>(in) | load<std::uint8_t>(in + size / 2) << 8 |
                         load<std::uint8_t>(in + size - 1) << 16;
    wrong = take(word);
    store<std::uint8_t>(out, word);
    store<std::uint8_t>(out + size / 2, word >> 8);
    store<std::uint8_t>(out + size - 1, word >> 16);
  }
  return (wrong & high_bits) == 0;
}

// No bit of a character reaches the next one: all are below 0x80.
EDGESPAN_INLINE std::uint64_t lower(std::uint64_t word) noexcept {
  const std::uint64_t from_a = word + ones * (0x80 - 'A');
  const std::uint64_t behind_z = word + ones * (0x80 - 'Z' - 1);
  return word | ((from_a ^ behind_z) & high_bits) >> 2;
}

EDGESPAN_INLINE bool copy_ascii(std::byte* out, std::string_view text) noexcept {
  return copy(out, text, [](std::uint64_t word) { return word; });
}
EDGESPAN_INLINE bool copy_lower(std::byte* out, std::string_view text) noexcept {
  return copy(out, text, [](std::uint64_t& word) { return std::exchange(word, lower(word)); });
}
EDGESPAN_INLINE bool copy_lower_without_nul(std::byte* out, std::string_view text) noexcept {
  return copy(out, text, [](std::uint64_t& word) {
    const std::uint64_t not_nul = word + ones * 0x7F;
    return std::exchange(word, lower(word)) | ~not_nul;
  });
}

EDGESPAN_INLINE std::byte* put_head(std::byte* out, std::uint8_t key, std::size_t size) noexcept {
  out[0] = static_cast<std::byte>(key);
  out[1] = static_cast<std::byte>(size);
  return out + 2;
}

// Whether a key of the slot may be this one, which has its size: their last characters are the same.
EDGESPAN_INLINE bool may_be(const std::byte* held, std::string_view key) noexcept {
  const std::size_t size = key.size();
  const char* const end = key.data() + size;
  if (size >= 8) return load<std::uint64_t>(held + size - 8) == load<std::uint64_t>(end - 8);
  if (size >= 4) return load<std::uint32_t>(held + size - 4) == load<std::uint32_t>(end - 4);
  return load<std::uint8_t>(held + size - 1) == load<std::uint8_t>(end - 1);
}

}  // namespace quick

// A name for a slot that has none.
EDGESPAN_INLINE bool add_name_quickly(SpanSlot& slot, std::string_view text) noexcept {
  const std::size_t size = text.size() + 2;
  if (text.size() - 1 >= slot_text_max || slot.name_bytes != 0) return false;
  if (fields_bytes(slot) + size > slot.text.size()) return false;
  std::byte* const out = slot.text.data() + slot.text.size() - size;
  if (!quick::copy_lower(quick::put_head(out, encode_impl::key_name, text.size()), text)) return false;
  slot.name_bytes = static_cast<std::uint16_t>(size);
  return true;
}

// The name of a peer for a slot that has neither peer nor annotations nor tags. There is room for it: the
// longest name of the span leaves enough.
EDGESPAN_INLINE bool add_remote_name_quickly(SpanSlot& slot, std::string_view name) noexcept {
  static_assert(4 + service_name_max + 2 + slot_text_max <= span_text_bytes);
  if (name.size() - 1 >= service_name_max || fields_bytes(slot) != 0) return false;
  std::byte* out = quick::put_head(slot.text.data(), encode_impl::key_remote, name.size() + 2);
  out = quick::put_head(out, 0x0A, name.size());
  if (!quick::copy_lower_without_nul(out, name)) return false;
  slot.remote_bytes = static_cast<std::uint16_t>(name.size() + 4);
  return true;
}

// A tag whose key the slot does not hold, as the caller knows. Its body has at most 127 bytes.
EDGESPAN_INLINE bool append_tag_quickly(SpanSlot& slot, std::string_view key,
                                        std::string_view value) noexcept {
  const std::size_t body = 4 + key.size() + value.size();
  if (key.empty() || key.size() > slot_text_max || body >= 0x80) return false;
  const std::size_t end = fields_bytes(slot);
  if (end + 2 + body + slot.name_bytes > slot.text.size()) return false;
  std::byte* out = quick::put_head(slot.text.data() + end, encode_impl::key_tag, body);
  out = quick::put_head(out, 0x0A, key.size());
  if (!quick::copy_ascii(out, key)) return false;
  out = quick::put_head(out + key.size(), 0x12, value.size());
  if (!quick::copy_ascii(out, value)) return false;
  slot.tag_bytes = static_cast<std::uint16_t>(slot.tag_bytes + 2 + body);
  return true;
}

// The same, where the slot may hold the key.
EDGESPAN_INLINE bool add_tag_quickly(SpanSlot& slot, std::string_view key, std::string_view value) noexcept {
  const std::byte* const text = slot.text.data();
  std::size_t at = std::size_t{slot.remote_bytes} + slot.annotation_bytes;
  const std::size_t end = at + slot.tag_bytes;
  while (at < end) {
    const auto body = static_cast<std::size_t>(text[at + 1]);
    if (body >= 0x80) return false;
    if (static_cast<std::size_t>(text[at + 3]) == key.size() && quick::may_be(text + at + 4, key))
      return false;
    at += 2 + body;
  }
  return append_tag_quickly(slot, key, value);
}

}  // namespace edgespan::detail
