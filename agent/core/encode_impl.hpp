// SPDX-License-Identifier: Apache-2.0
// The encoder, in line with its callers: the compiler removes the code for fields that a caller never sets.
#pragma once

#include <bit>
#include <cstring>

#include "core/assert.hpp"
#include "core/code.hpp"
#include "core/elapsed.hpp"
#include "core/encode.hpp"
#include "core/utf8.hpp"

namespace edgespan::detail::encode_impl {

// Without threads there is one caller, and what its spans never have is no code in a copy of its own.
#ifdef EDGESPAN_NO_THREADS
#define EDGESPAN_ENCODER [[gnu::always_inline]] inline
#else
#define EDGESPAN_ENCODER EDGESPAN_INLINE
#endif

// Key bytes of zipkin.proto3.Span: field number and wire type.
enum : std::uint8_t {
  key_list_span = 0x0A,
  key_trace_id = 0x0A,
  key_parent_id = 0x12,
  key_id = 0x1A,
  key_kind = 0x20,
  key_name = 0x2A,
  key_timestamp = 0x31,
  key_duration = 0x38,
  key_remote = 0x4A,
  key_annotation = 0x52,
  key_tag = 0x5A,
  key_debug = 0x60,
};

inline std::byte* put(std::byte* out, std::uint8_t value) noexcept {
  *out = static_cast<std::byte>(value);
  return out + 1;
}

inline std::byte* put_varint(std::byte* out, std::uint64_t value) noexcept {
  while (value >= 0x80) {
    out = put(out, static_cast<std::uint8_t>(value | 0x80));
    value >>= 7;
  }
  return put(out, static_cast<std::uint8_t>(value));
}

template <std::endian order>
std::byte* put64(std::byte* out, std::uint64_t value) noexcept {
  if constexpr (order != std::endian::native) value = __builtin_bswap64(value);
  std::memcpy(out, &value, sizeof value);
  return out + sizeof value;
}

EDGESPAN_SHARED inline std::byte* put_be64(std::byte* out, std::uint64_t value) noexcept {
  return put64<std::endian::big>(out, value);
}

EDGESPAN_SHARED inline std::byte* put_le64(std::byte* out, std::uint64_t value) noexcept {
  return put64<std::endian::little>(out, value);
}

inline std::byte* put_le16(std::byte* out, std::uint16_t value) noexcept {
  if constexpr (std::endian::native != std::endian::little) value = __builtin_bswap16(value);
  std::memcpy(out, &value, sizeof value);
  return out + sizeof value;
}

// A length of at most three digits. A register of a 32-bit core holds it, and nearly every one has one digit.
// Fast code with wider registers writes two at once, as most spans have them.
inline std::byte* put_length(std::byte* out, std::size_t value) noexcept {
  EDGESPAN_ASSERT(few_assertions || value < 1U << 21);
  if (!small_code && sizeof(void*) >= 8) {
    if (value < 0x80) return put(out, static_cast<std::uint8_t>(value));
    if (value < 0x4000)
      return put_le16(out, static_cast<std::uint16_t>((value & 0x7F) | 0x80 | value >> 7 << 8));
  }
  while (value >= 0x80) {
    out = put(out, static_cast<std::uint8_t>(value | 0x80));
    value >>= 7;
  }
  return put(out, static_cast<std::uint8_t>(value));
}

inline std::uint64_t get_le64(const std::byte* in) noexcept {
  std::uint64_t value = 0;
  std::memcpy(&value, in, sizeof value);
  return std::endian::native == std::endian::little ? value : __builtin_bswap64(value);
}

// The varint that begins at `at`, which moves behind it.
inline std::uint64_t read_varint(std::byte*& at) noexcept {
  std::byte* end = at;
  while (static_cast<std::uint8_t>(*end++) >= 0x80) {
  }
  std::uint64_t value = 0;
  for (const std::byte* digit = end; digit-- != at;) {
    value = value << 7 | (static_cast<std::uint8_t>(*digit) & 0x7F);
  }
  at = end;
  return value;
}

// What rebase() does for a span without annotations, as nearly all are; its start time stands at `start`, and
// its duration behind that.
EDGESPAN_INLINE void rebase_plain(std::byte* start, std::uint64_t offset_us,
                                  std::uint64_t& since_us) noexcept {
  const std::uint64_t start_us = get_le64(start);
  put_le64(start, start_us + offset_us);
  // What began after a moment was finished after it, too.
  if (earlier(start_us, since_us) == since_us) return;
  std::byte* duration = start + 9;
  since_us = earlier(start_us + read_varint(duration), since_us);
}

template <std::size_t Size>
void move(std::byte* out, const std::byte* in) noexcept {
  std::memcpy(out, in, Size);
}

// The pieces of a span are short: two moves of a register that may overlap are quicker than a call. Most have
// 8 to 16 bytes, so those are asked for first. A 32-bit core would need more moves, and their code at every
// place.
EDGESPAN_INLINE std::byte* put_run(std::byte* out, const void* run, std::size_t size) noexcept {
  const auto* const in = static_cast<const std::byte*>(run);
  if (sizeof(void*) >= 8 && size >= 8 && size <= 16) {
    move<8>(out, in);
    move<8>(out + size - 8, in + size - 8);
  } else if (sizeof(void*) < 8 || size > 64) {
    if (size != 0) std::memcpy(out, in, size);
  } else if (size > 16) {
    move<16>(out, in);
    if (size > 32) {
      move<16>(out + 16, in + 16);
      move<16>(out + size - 32, in + size - 32);
    }
    move<16>(out + size - 16, in + size - 16);
  } else if (size >= 4) {
    move<4>(out, in);
    move<4>(out + size - 4, in + size - 4);
  } else if (size != 0) {
    out[0] = in[0];
    out[size / 2] = in[size / 2];
    out[size - 1] = in[size - 1];
  }
  return out + size;
}

EDGESPAN_INLINE std::byte* put_bytes(std::byte* out, Bytes bytes) noexcept {
  return put_run(out, bytes.data(), bytes.size());
}

EDGESPAN_INLINE std::byte* put_text(std::byte* out, std::uint8_t key, std::string_view text) noexcept {
  return put_run(put_length(put(out, key), text.size()), text.data(), text.size());
}

// The same for a text whose length takes one byte.
EDGESPAN_INLINE std::byte* put_short(std::byte* out, std::uint8_t key, std::string_view text) noexcept {
  EDGESPAN_ASSERT(few_assertions || text.size() < 0x80);
  out = put(put(out, key), static_cast<std::uint8_t>(text.size()));
  return put_run(out, text.data(), text.size());
}

// Text in lower case, a register at a time; words that overlap serve every length from one word on.
EDGESPAN_INLINE void lower_run(std::byte* out, std::string_view text) noexcept {
  using Word = std::uintptr_t;
  const auto at = [&]<typename Part>(std::size_t i, Part part) {
    std::memcpy(&part, text.data() + i, sizeof part);
    part = static_cast<Part>(lower_word(part));
    std::memcpy(out + i, &part, sizeof part);
  };
  const std::size_t size = text.size();
  if (size >= sizeof(Word)) {
    for (std::size_t i = 0; i + sizeof(Word) < size; i += sizeof(Word)) at(i, Word{});
    at(size - sizeof(Word), Word{});
  } else if (sizeof(Word) > 4 && size >= 4) {
    at(0, std::uint32_t{});
    at(size - 4, std::uint32_t{});
  } else {
    for (std::size_t i = 0; i < size; ++i) at(i, std::uint8_t{});
  }
}

EDGESPAN_SHARED inline std::byte* put_lower(std::byte* out, std::uint8_t key,
                                            std::string_view text) noexcept {
  EDGESPAN_ASSERT(few_assertions || text.size() < 0x80);  // a length of one byte
  out = put(put(out, key), static_cast<std::uint8_t>(text.size()));
  if constexpr (!small_code) {
    lower_run(out, text);
    return out + text.size();
  }
  for (const char c : text) out = put(out, static_cast<std::uint8_t>(lower_ascii(c)));
  return out;
}

inline std::byte* put_id(std::byte* out, std::uint8_t key, std::uint64_t id) noexcept {
  return put_be64(put(put(out, key), 8), id);
}

constexpr std::uint32_t varint64_size(std::uint64_t value) noexcept {
  std::uint32_t n = 1;
  for (; value >= 0x80; value >>= 7) ++n;
  return n;
}

constexpr std::size_t text_size(std::string_view text) noexcept {
  return 1 + varint_size(text.size()) + text.size();
}

constexpr std::size_t tag_body(std::string_view key, std::string_view value) noexcept {
  return 2 + key.size() + text_size(value);
}

inline std::size_t annotation_body(std::string_view text) noexcept { return 9 + text_size(text); }

// The fields before the name; the place of the time stamp follows from it.
constexpr std::uint32_t ids_size(const Context& context, Kind kind) noexcept {
  return (context.trace_hi != 0 ? 18U : 10U) + (context.parent_id != 0 ? 10U : 0U) + 10U +
         (kind != Kind::none ? 2U : 0U);
}

constexpr std::size_t tag_size(std::string_view key, std::string_view value) noexcept {
  const std::size_t body = tag_body(key, value);
  return 1 + varint_size(body) + body;
}

EDGESPAN_INLINE std::byte* write_tag(std::byte* out, std::string_view key, std::string_view value) noexcept {
  EDGESPAN_ASSERT(few_assertions ||
                  key.size() - 1 < 0x7F);  // a length of one byte, as the next reader of it expects
  out = put_length(put(out, key_tag), tag_body(key, value));
  return put_text(put_short(out, 0x0A, key), 0x12, value);
}

// The next two: of a tag of a SpanFields, where it has one there. No loop, so that no array of them need
// exist.
EDGESPAN_ENCODER constexpr std::size_t given_size(const TagView& tag) noexcept {
  return tag.key.empty() ? 0 : tag_size(tag.key, tag.value);
}

EDGESPAN_ENCODER std::byte* put_given(std::byte* out, const TagView& tag) noexcept {
  return tag.key.empty() ? out : write_tag(out, tag.key, tag.value);
}

inline std::size_t annotation_size(std::string_view text) noexcept {
  const std::size_t body = annotation_body(text);
  return 1 + varint_size(body) + body;
}

inline std::byte* write_annotation(std::byte* out, std::uint64_t at_us, std::string_view text) noexcept {
  out = put_length(put(out, key_annotation), annotation_body(text));
  return put_text(put_le64(put(out, 0x09), at_us), 0x12, text);
}

// At most 127 bytes of text, whose ASCII letters become lower-case; 2 bytes more.
inline std::byte* write_name(std::byte* out, std::string_view name) noexcept {
  return put_lower(out, key_name, name);
}

// Of an element with a name of so many bytes, its frame included, and `rest` bytes of fields behind its
// times.
EDGESPAN_ENCODER constexpr EncodedSize element_size(const Context& context, Kind kind, std::size_t name,
                                                    std::uint64_t duration_us, std::size_t rest) noexcept {
  EncodedSize size;
  const std::uint32_t head = ids_size(context, kind) + static_cast<std::uint32_t>(name);
  std::size_t body = head + 9U;
  if (duration_us != 0) body += 1U + varint64_size(duration_us);
  body += rest;
  if (context.decision == Decision::debug) body += 2;
  const auto frame = static_cast<std::uint32_t>(1 + varint_size(body));
  size.body = static_cast<std::uint32_t>(body);
  size.total = frame + size.body;
  size.timestamp_at = frame + head + 1;
  return size;
}

EDGESPAN_ENCODER constexpr EncodedSize encoded_size(const SpanFields& record) noexcept {
  std::size_t rest = record.local.size() + record.remote.size() + record.text.size();
  rest += given_size(record.tags[0]) + given_size(record.tags[1]) + given_size(record.tags[2]);
  return element_size(record.context, record.kind, record.name.size(), record.duration_us, rest);
}

// These four write an element around its name, its endpoints and its texts.
EDGESPAN_ENCODER std::byte* put_ids(const Context& context, std::byte* out) noexcept {
  out = put(out, key_trace_id);
  if (context.trace_hi != 0) {
    out = put_be64(put(out, 16), context.trace_hi);
  } else {
    out = put(out, 8);
  }
  out = put_be64(out, context.trace_lo);
  if (context.parent_id != 0) out = put_id(out, key_parent_id, context.parent_id);
  return put_id(out, key_id, context.span_id);
}

EDGESPAN_ENCODER std::byte* put_head(const Context& context, Kind kind, const EncodedSize& size,
                                     std::byte* out) noexcept {
  out = put_ids(context, put_length(put(out, key_list_span), size.body));
  return kind != Kind::none ? put(put(out, key_kind), static_cast<std::uint8_t>(kind)) : out;
}

EDGESPAN_ENCODER std::byte* put_times(std::uint64_t start_us, std::uint64_t duration_us,
                                      std::byte* out) noexcept {
  out = put_le64(put(out, key_timestamp), start_us);
  return duration_us != 0 ? put_varint(put(out, key_duration), duration_us) : out;
}

EDGESPAN_ENCODER std::byte* put_end(const Context& context, std::byte* out) noexcept {
  return context.decision == Decision::debug ? put(put(out, key_debug), 1) : out;
}

// Writes exactly `size.total` bytes, `size` being encoded_size(record).
EDGESPAN_ENCODER void encode(const SpanFields& record, const EncodedSize& size, std::byte* out) noexcept {
  [[maybe_unused]] const std::byte* const begin = out;
  out = put_bytes(put_head(record.context, record.kind, size, out), record.name);
  EDGESPAN_ASSERT(few_assertions || static_cast<std::size_t>(out - begin) + 1 == size.timestamp_at);
  out = put_times(record.start_us, record.duration_us, out);
  out = put_bytes(put_bytes(out, record.local), record.remote);
  out = put_bytes(out, record.text);
  out = put_given(put_given(put_given(out, record.tags[0]), record.tags[1]), record.tags[2]);
  out = put_end(record.context, out);
  EDGESPAN_ASSERT(static_cast<std::size_t>(out - begin) == size.total);
}

}  // namespace edgespan::detail::encode_impl
