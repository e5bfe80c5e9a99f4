// SPDX-License-Identifier: Apache-2.0
#include "otlp/otlp_span.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "core/assert.hpp"
#include "core/code.hpp"
#include "otlp/otlp_endpoints.hpp"
#include "otlp/otlp_fields.hpp"

namespace edgespan::otlp_detail {
namespace {

constexpr std::uint64_t ns_per_us = 1'000;

// By the element's number of a kind: unspecified, client, server, producer, consumer.
constexpr std::array<std::uint8_t, 5> kinds{0, 3, 2, 4, 5};

constexpr std::uint64_t status_error = 2;

// The low byte is that of W3C: only sampled spans are here. The others say whether the parent is another
// process'.
constexpr std::uint8_t flags_sampled = 0x01;
constexpr std::uint8_t flags_remote_known = 0x01;  // of the second byte
constexpr std::uint8_t flags_remote = 0x03;

// What the tags of a span say beside their being attributes.
struct Meaning {
  std::string_view error{};
  bool has_error = false;
  bool has_error_type = false;
  bool of_convention = false;  // OpenTelemetry's for messaging
  bool receives = false;
};

struct Tag {
  std::string_view key{};
  std::string_view value{};
};

// A number of a tag, which its digits alone make: no sign, no zero in front, as the agent writes it.
bool read_digits(std::string_view text, std::uint64_t& out) noexcept {
  if (text.empty() || text.size() > 18 || (text.front() == '0' && text.size() > 1)) return false;
  out = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return false;
    out = out * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return true;
}

// Of OpenTelemetry's messaging convention 1.44, and as 1.45 has renamed it.
constexpr std::string_view number_keys[] = {"messaging.kafka.offset", "kafka.offset",
                                            "messaging.batch.message_count", "server.port"};
constexpr std::string_view truth_keys[] = {"messaging.kafka.message.tombstone", "kafka.message.tombstone"};

template <std::size_t N>
constexpr bool is_one_of(std::string_view key, const std::string_view (&keys)[N]) noexcept {
  for (const std::string_view one : keys) {
    if (one == key) return true;
  }
  return false;
}

std::byte* put_typed(std::byte* out, const Tag& tag) noexcept {
  std::uint64_t number = 0;
  if (is_one_of(tag.key, number_keys) && read_digits(tag.value, number)) {
    return put_number(out, tag.key, number);
  }
  if (is_one_of(tag.key, truth_keys) && (tag.value == "true" || tag.value == "false")) {
    return put_truth(out, tag.key, tag.value == "true");
  }
  return put_attribute(out, key_attribute, tag.key, tag.value);
}

void note(Meaning& meaning, const Tag& tag) noexcept {
  EDGESPAN_ASSERT(!tag.key.empty() && tag.key != "error");  // that one waits
  if (tag.key == "messaging.system" || tag.key == "messaging.system.name") meaning.of_convention = true;
  if (tag.key == "messaging.operation.type") meaning.receives = tag.value == "receive";
  if (tag.key == "error.type") meaning.has_error_type = true;
}

// Whether a tag may say more than that it is an attribute. Brave's own keys do not, and most spans have no
// others.
constexpr bool may_have_meaning(std::string_view key) noexcept {
  EDGESPAN_ASSERT(!key.empty());
  switch (key.front()) {
    case 'k':  // kafka.offset, kafka.message.tombstone
      return key.size() > 6 && (key[6] == 'o' || key[6] == 'm');
    case 'e':
    case 'm':
    case 's':
      return true;
    default:
      return false;
  }
}

// The tag `error` waits until the others were seen.
std::byte* put_tag(std::byte* out, const Tag& tag, Meaning& meaning) noexcept {
  if (tag.key == "error") {
    meaning.has_error = true;
    meaning.error = tag.value;
    return out;
  }
  note(meaning, tag);
  return put_typed(out, tag);
}

std::byte* put_annotation(std::byte* out, Bytes annotation) noexcept {
  FieldReader field{annotation};
  std::uint64_t at_us = 0;
  std::string_view text;
  while (field.next()) {
    if (field.key() == 0x09) at_us = field.number();
    if (field.key() == 0x12) text = field.text();
  }
  if (!field.at_end()) return nullptr;
  out = put_varint(put(out, key_event), 9 + text_bytes(text.size()));
  return put_text(put_le64(put(out, key_event_time), at_us * ns_per_us), key_event_name, text);
}

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

bool read_tag(Bytes bytes, Tag& out) noexcept {
  FieldReader field{bytes};
  while (field.next()) {
    if (field.key() == key_tag_key) out.key = field.text();
    if (field.key() == key_tag_value) out.value = field.text();
  }
  return field.at_end() && !out.key.empty();
}

std::byte* put_texts(std::byte* out, Bytes texts, Meaning& meaning) noexcept {
  const std::byte* at = texts.data();
  const std::byte* const end = at + texts.size();
  while (at != end) {
    if (put_usual_tag(at, end, out)) continue;
    FieldReader field{{at, end}};
    if (!field.next()) return nullptr;
    at = field.rest().data();
    if (field.key() == key_tag) {
      Tag tag;
      if (!read_tag(field.bytes(), tag)) return nullptr;
      out = put_tag(out, tag, meaning);
    } else if (field.key() == key_annotation) {
      out = put_annotation(out, field.bytes());
      if (out == nullptr) return nullptr;
    }
  }
  return out;
}

std::byte* put_status(std::byte* out, const Meaning& meaning) noexcept {
  EDGESPAN_ASSERT(meaning.has_error || meaning.error.empty());
  if (!meaning.has_error && !meaning.has_error_type) return out;
  if (!meaning.has_error_type) {
    // A bare mark says no more than the status does.
    if (meaning.error != "true") out = put_attribute(out, key_attribute, "error", meaning.error);
    return put(put(put(put(out, key_status), 2), key_status_code), status_error);
  }
  const std::size_t message = meaning.error.empty() ? 0 : text_bytes(meaning.error.size());
  out = put_varint(put(out, key_status), message + 2);
  if (message != 0) out = put_text(out, key_status_message, meaning.error);
  return put(put(out, key_status_code), status_error);
}

// Zipkin's model has no place for flags, and the translation of its spans sets none. A span of the convention
// has a parent in its own process: the scope, or the record that was polled. One that receives has its parent
// elsewhere.
std::byte* put_flags(std::byte* out, const SpanElement& span, const Meaning& meaning) noexcept {
  if (!meaning.of_convention) return out;
  const bool remote = meaning.receives && span.parent_id != nullptr;
  out = put(put(put(out, key_flags), 0x01), flags_sampled);
  return put(put(put(out, remote ? flags_remote : flags_remote_known), 0), 0);
}

// In steps of a register or two, the last of which goes beyond the end: quicker than a call.
std::byte* put_endpoints(std::byte* out, Bytes endpoints) noexcept {
  EDGESPAN_ASSERT(endpoints.size() <= endpoints_bytes_max);
  for (std::size_t at = 0; at < endpoints.size(); at += endpoints_step) {
    std::memcpy(out + at, endpoints.data() + at, endpoints_step);
  }
  return out + endpoints.size();
}

// What a span says beside its usual tags: from the first other one on, all texts, then the endpoints, and
// what those texts mean. Null: a text cannot be read. Not inlined: most spans have none.
[[gnu::noinline]] std::byte* put_other_texts(std::byte* out, const SpanElement& span, Bytes texts,
                                             Bytes endpoints) noexcept {
  EDGESPAN_ASSERT(!texts.empty());
  Meaning meaning;
  out = put_texts(out, texts, meaning);
  return out == nullptr ? nullptr
                        : put_flags(put_status(put_endpoints(out, endpoints), meaning), span, meaning);
}

std::byte* put_id(std::byte* out, std::uint8_t key, const std::byte* id) noexcept {
  out = put(put(out, key), 8);
  std::memcpy(out, id, 8);
  return out + 8;
}

std::byte* put_ids(std::byte* out, const SpanElement& span) noexcept {
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

std::byte* put_name_and_times(std::byte* out, const SpanElement& span) noexcept {
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

}  // namespace

std::byte* write_span(const SpanElement& span, Bytes endpoints, std::byte* out) noexcept {
  // Most lengths take two bytes. The body is written behind them, and moved if they take one.
  std::byte* const length = put(out, key_span);
  std::byte* const body = length + 2;
  std::byte* end = put_name_and_times(put_ids(body, span), span);
  const std::byte* text = span.texts.data();
  const std::byte* const behind = text + span.texts.size();
  while (text != behind && put_usual_tag(text, behind, end)) {
  }
  end =
      text == behind ? put_endpoints(end, endpoints) : put_other_texts(end, span, {text, behind}, endpoints);
  if (end == nullptr) return nullptr;
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
