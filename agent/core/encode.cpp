// SPDX-License-Identifier: Apache-2.0
#include "core/encode.hpp"

#include "core/assert.hpp"
#include "core/largest_span.hpp"

namespace edgespan::detail {
namespace {

static_assert(largest_open_span() <= span_bytes_max);

std::uint64_t read_varint(std::span<const std::byte> in, std::size_t& at) noexcept {
  std::uint64_t value = 0;
  for (unsigned shift = 0; at < in.size() && shift < 64; shift += 7) {
    const auto byte = static_cast<std::uint8_t>(in[at++]);
    value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
    if (byte < 0x80) return value;
  }
  EDGESPAN_ASSERT(false);  // the varints of an element are the agent's own
  return 0;
}

}  // namespace

void rebase(std::span<std::byte> element, std::uint32_t timestamp_at, bool annotated,
            std::uint64_t offset_us) noexcept {
  const auto patch = [&](std::size_t at) {
    const bool fits = at + 8 <= element.size();
    EDGESPAN_ASSERT(fits);
    if (fits) encode_impl::put_le64(&element[at], encode_impl::get_le64(&element[at]) + offset_us);
  };
  EDGESPAN_ASSERT(element.size() <= span_bytes_max && timestamp_at != 0);
  patch(timestamp_at);
  if (!annotated) return;
  for (std::size_t at = timestamp_at + 8; at < element.size();) {
    const auto key = static_cast<std::uint8_t>(element[at++]);
    const std::uint64_t value = read_varint(element, at);  // a length or, for duration and debug, the value
    if ((key & 7) != 2) continue;
    if (key == encode_impl::key_annotation) {
      EDGESPAN_ASSERT(small_code || value > 9);  // its time comes first, a text follows
      EDGESPAN_ASSERT(small_code || (at < element.size() && element[at] == std::byte{0x09}));
      patch(at + 1);
    }
    EDGESPAN_ASSERT(value <= element.size() - at);
    at += static_cast<std::size_t>(value);
  }
}

}  // namespace edgespan::detail
