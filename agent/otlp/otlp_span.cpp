// SPDX-License-Identifier: Apache-2.0
#include "otlp/otlp_span.hpp"

#include <array>
#include <cstring>

#include "core/assert.hpp"
#include "otlp/otlp_fields.hpp"

namespace edgespan::otlp_detail {
namespace {

constexpr std::uint64_t ns_per_us = 1'000;

// By Zipkin's number of a kind: unspecified, client, server, producer, consumer.
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

bool read_tag(Bytes bytes, Tag& out) noexcept {
  FieldReader field{bytes};
  while (field.next()) {
    if (field.key() == 0x0A) out.key = field.text();
    if (field.key() == 0x12) out.value = field.text();
  }
  return field.at_end();
}

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

// The keys above that are no strings all begin with one of these.
constexpr bool may_have_type(std::string_view key) noexcept {
  return !key.empty() && (key.front() == 'm' || key.front() == 'k' || key.front() == 's');
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
  if (tag.key == "messaging.system" || tag.key == "messaging.system.name") meaning.of_convention = true;
  if (tag.key == "messaging.operation.type") meaning.receives = tag.value == "receive";
  if (tag.key == "error.type") meaning.has_error_type = true;
}

// The tag `error` waits until the others were seen.
std::byte* put_tag(std::byte* out, const Tag& tag, Meaning& meaning) noexcept {
  if (tag.key == "error") {
    meaning.has_error = true;
    meaning.error = tag.value;
    return out;
  }
  if (!may_have_type(tag.key) && tag.key.front() != 'e')
    return put_attribute(out, key_attribute, tag.key, tag.value);
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

std::byte* put_texts(std::byte* out, Bytes texts, Meaning& meaning) noexcept {
  FieldReader field{texts};
  while (out != nullptr && field.next()) {
    if (field.key() == key_tag) {
      Tag tag;
      if (!read_tag(field.bytes(), tag) || tag.key.empty()) return nullptr;
      out = put_tag(out, tag, meaning);
    } else if (field.key() == key_annotation) {
      out = put_annotation(out, field.bytes());
    }
  }
  return field.at_end() ? out : nullptr;
}

// Decimal without a library call, which would bring a table.
std::size_t write_decimal(char* out, unsigned value) noexcept {
  EDGESPAN_ASSERT(value < 256);
  std::size_t n = 0;
  if (value >= 100) out[n++] = static_cast<char>('0' + value / 100);
  if (value >= 10) out[n++] = static_cast<char>('0' + value / 10 % 10);
  out[n++] = static_cast<char>('0' + value % 10);
  return n;
}

// 1.2.3.4, or eight groups of IPv6 without a zero in front; the longest run of zero groups is `::` (RFC
// 5952).
using AddressText = std::array<char, 40>;

std::string_view text_of_ipv4(Bytes address, AddressText& out) noexcept {
  std::size_t n = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    if (i != 0) out[n++] = '.';
    n += write_decimal(out.data() + n, static_cast<unsigned>(address[i]));
  }
  return {out.data(), n};
}

struct Zeros {
  std::size_t at = 8;
  std::size_t groups = 1;  // a single group is written as 0
};

unsigned group_of(Bytes address, std::size_t i) noexcept {
  return static_cast<unsigned>(address[2 * i]) << 8 | static_cast<unsigned>(address[2 * i + 1]);
}

Zeros longest_zeros(Bytes address) noexcept {
  Zeros longest;
  std::size_t run = 0;
  for (std::size_t i = 0; i < 8; ++i) {
    run = group_of(address, i) == 0 ? run + 1 : 0;
    if (run > longest.groups) longest = {i + 1 - run, run};
  }
  return longest;
}

std::string_view text_of_ipv6(Bytes address, AddressText& out) noexcept {
  const Zeros zeros = longest_zeros(address);
  std::size_t n = 0;
  for (std::size_t i = 0; i < 8; ++i) {
    if (i == zeros.at) {
      out[n++] = ':';
      if (i == 0) out[n++] = ':';
      i += zeros.groups - 1;
      if (i == 7) break;
      continue;
    }
    const unsigned group = group_of(address, i);
    for (unsigned shift = 16; shift != 0;) {
      shift -= 4;
      if (group >> shift == 0 && shift != 0) continue;
      const unsigned digit = group >> shift & 0xF;
      out[n++] = static_cast<char>(digit < 10 ? '0' + digit : 'a' + digit - 10);
    }
    if (i != 7) out[n++] = ':';
  }
  return {out.data(), n};
}

// As the Collector's translation of Zipkin spans names them.
struct EndpointNames {
  std::string_view address;
  std::string_view port;
};
constexpr EndpointNames local_names{"network.local.address", "net.host.port"};
constexpr EndpointNames remote_names{"network.peer.address", "net.peer.port"};

std::byte* put_address(std::byte* out, const ElementEndpoint& endpoint, const EndpointNames& names) noexcept {
  if (!endpoint.address.empty()) {
    AddressText text;
    const bool is_v4 = endpoint.address.size() == 4;
    out = put_attribute(out, key_attribute, names.address,
                        is_v4 ? text_of_ipv4(endpoint.address, text) : text_of_ipv6(endpoint.address, text));
  }
  return endpoint.port == 0 ? out : put_number(out, names.port, endpoint.port);
}

// The service of the local one is the resource.
std::byte* put_endpoints(std::byte* out, const SpanElement& span) noexcept {
  ElementEndpoint local, remote;
  if (!read_endpoint(span.local, local) || !read_endpoint(span.remote, remote)) return nullptr;
  if (!remote.service_name.empty()) {
    out = put_attribute(out, key_attribute, "service.peer.name", remote.service_name);
  }
  return put_address(put_address(out, remote, remote_names), local, local_names);
}

std::byte* put_status(std::byte* out, const Meaning& meaning) noexcept {
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
  const bool remote = meaning.receives && !span.parent_id.empty();
  out = put(put(put(out, key_flags), 0x01), flags_sampled);
  return put(put(put(out, remote ? flags_remote : flags_remote_known), 0), 0);
}

std::byte* put_id(std::byte* out, std::uint8_t key, Bytes id) noexcept {
  EDGESPAN_ASSERT(id.size() == 8);
  return put_run(put(put(out, key), 8), id.data(), 8);
}

std::byte* put_ids(std::byte* out, const SpanElement& span) noexcept {
  out = put(put(out, key_trace_id), 16);
  if (span.trace_id.size() == 8) {
    std::memset(out, 0, 8);
    out += 8;
  }
  out = put_run(out, span.trace_id.data(), span.trace_id.size());
  out = put_id(out, key_span_id, span.id);
  return span.parent_id.empty() ? out : put_id(out, key_parent_span_id, span.parent_id);
}

std::byte* put_name_and_times(std::byte* out, const SpanElement& span) noexcept {
  if (!span.name.empty()) out = put_text(out, key_name, span.name);
  if (span.kind != 0 && span.kind < kinds.size()) out = put(put(out, key_kind), kinds[span.kind]);
  if (span.start_us == 0) return out;
  out = put_le64(put(out, key_start), span.start_us * ns_per_us);
  return put_le64(put(out, key_end), (span.start_us + span.duration_us) * ns_per_us);
}

}  // namespace

std::byte* write_span(const SpanElement& span, std::byte* out) noexcept {
  // Most lengths take two bytes. The body is written behind them, and moved if they take one.
  std::byte* const length = put(out, key_span);
  std::byte* const body = length + 2;
  Meaning meaning;
  std::byte* end = put_name_and_times(put_ids(body, span), span);
  end = put_texts(end, span.texts, meaning);
  if (end != nullptr) end = put_endpoints(end, span);
  if (end == nullptr) return nullptr;
  end = put_flags(put_status(end, meaning), span, meaning);
  const auto bytes = static_cast<std::size_t>(end - body);
  if (bytes >= 0x4000) return nullptr;
  if (bytes < 0x80) {
    std::memmove(put(length, static_cast<std::uint8_t>(bytes)), body, bytes);
    return end - 1;
  }
  put_varint(length, bytes);
  return end;
}

}  // namespace edgespan::otlp_detail
