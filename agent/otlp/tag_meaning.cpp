// SPDX-License-Identifier: Apache-2.0
#include "otlp/tag_meaning.hpp"

#include "otlp/otlp_fields.hpp"

namespace edgespan::otlp_detail {
namespace {

constexpr std::uint64_t status_error = 2;

// The low byte is that of W3C: only sampled spans are here. The others say whether the parent is another
// process'.
constexpr std::uint8_t flags_sampled = 0x01;
constexpr std::uint8_t flags_remote_known = 0x01;  // of the second byte
constexpr std::uint8_t flags_remote = 0x03;

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

void note(TagMeaning& meaning, const Tag& tag) noexcept {
  EDGESPAN_ASSERT(!tag.key.empty() && tag.key != "error");  // that one waits
  if (tag.key == "messaging.system" || tag.key == "messaging.system.name") meaning.of_convention = true;
  if (tag.key == "messaging.operation.type") meaning.receives = tag.value == "receive";
  if (tag.key == "error.type") meaning.has_error_type = true;
}

// The tag `error` waits until the others were seen.
std::byte* put_tag(std::byte* out, const Tag& tag, TagMeaning& meaning) noexcept {
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

bool read_tag(Bytes bytes, Tag& out) noexcept {
  FieldReader field{bytes};
  while (field.next()) {
    if (field.key() == key_tag_key) out.key = field.text();
    if (field.key() == key_tag_value) out.value = field.text();
  }
  return field.at_end() && !out.key.empty();
}

std::byte* put_status(std::byte* out, const TagMeaning& meaning) noexcept {
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
std::byte* put_flags(std::byte* out, const TagMeaning& meaning, bool has_parent) noexcept {
  if (!meaning.of_convention) return out;
  const bool remote = meaning.receives && has_parent;
  out = put(put(put(out, key_flags), 0x01), flags_sampled);
  return put(put(put(out, remote ? flags_remote : flags_remote_known), 0), 0);
}

}  // namespace

std::byte* put_text_field(std::byte* out, const FieldReader& field, TagMeaning& meaning) noexcept {
  if (field.key() == key_annotation) return put_annotation(out, field.bytes());
  if (field.key() != key_tag) return out;
  Tag tag;
  return read_tag(field.bytes(), tag) ? put_tag(out, tag, meaning) : nullptr;
}

std::byte* put_status_and_flags(std::byte* out, const TagMeaning& meaning, bool has_parent) noexcept {
  return put_flags(put_status(out, meaning), meaning, has_parent);
}

}  // namespace edgespan::otlp_detail
