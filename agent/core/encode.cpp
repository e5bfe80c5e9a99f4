// SPDX-License-Identifier: Apache-2.0
#include "core/encode.hpp"

#include "core/assert.hpp"
#include "core/largest_span.hpp"

namespace edgespan::core {
namespace {

static_assert(largest_open_span() <= span_bytes_max);

std::uint64_t read_varint(std::span<const std::byte> in, std::size_t& at) noexcept {
  std::uint64_t value = 0;
  for (unsigned shift = 0; at < in.size() && shift < 64; shift += 7) {
    const auto byte = static_cast<std::uint8_t>(in[at++]);
    value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
    if (byte < 0x80) return value;
  }
  fault();
  return 0;
}

}  // namespace

std::size_t tag_size(std::string_view key, std::string_view value) noexcept {
  return encode_impl::tag_size(key, value);
}
std::byte* write_tag(std::byte* out, std::string_view key, std::string_view value) noexcept {
  return encode_impl::write_tag(out, key, value);
}
std::size_t annotation_size(std::string_view text) noexcept { return encode_impl::annotation_size(text); }
std::byte* write_annotation(std::byte* out, std::uint64_t at_us, std::string_view text) noexcept {
  return encode_impl::write_annotation(out, at_us, text);
}
std::byte* write_name(std::byte* out, std::string_view name) noexcept {
  return encode_impl::write_name(out, name);
}
std::byte* write_remote(std::byte* out, std::string_view service_name) noexcept {
  return encode_impl::write_remote(out, service_name);
}
EncodedSize encoded_size(const SpanRecord& record) noexcept { return encode_impl::encoded_size(record); }
void encode(const SpanRecord& record, const EncodedSize& size, std::byte* out) noexcept {
  encode_impl::encode(record, size, out);
}

void rebase(std::span<std::byte> element, std::uint32_t timestamp_at, bool annotated,
            std::uint64_t offset_us) noexcept {
  const auto patch = [&](std::size_t at) {
    if (at + 8 > element.size()) return fault();
    encode_impl::put_le64(&element[at], encode_impl::get_le64(&element[at]) + offset_us);
  };
  patch(timestamp_at);
  if (!annotated) return;
  for (std::size_t at = timestamp_at + 8; at < element.size();) {
    const auto key = static_cast<std::uint8_t>(element[at++]);
    const std::uint64_t value = read_varint(element, at);  // a length or, for duration and debug, the value
    if ((key & 7) != 2) continue;
    if (key == encode_impl::key_annotation) patch(at + 1);
    at += static_cast<std::size_t>(value);
  }
}

}  // namespace edgespan::core
