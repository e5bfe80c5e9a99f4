// SPDX-License-Identifier: Apache-2.0
#include "core/encode.hpp"

#include "core/assert.hpp"
#include "core/elapsed.hpp"
#include "core/largest_span.hpp"

namespace edgespan::detail {
namespace {

static_assert(largest_open_span() <= span_bytes_max);

EDGESPAN_SHARED void add_le64(std::byte* at, std::uint64_t added) noexcept {
  encode_impl::put_le64(at, encode_impl::get_le64(at) + added);
}

}  // namespace

void rebase(std::span<std::byte> element, std::uint32_t timestamp_at, bool annotated, std::uint64_t offset_us,
            std::uint64_t& since_us) noexcept {
  EDGESPAN_ASSERT(element.size() <= span_bytes_max && timestamp_at + 8 < element.size() && timestamp_at != 0);
  std::byte* at = element.data() + timestamp_at;
  // Without annotations the walk ends behind the first field, which is the duration.
  const std::byte* const end = annotated ? element.data() + element.size() : at;
  std::uint64_t finished_us = encode_impl::get_le64(at);
  if (!small_code && !annotated) return encode_impl::rebase_plain(at, offset_us, since_us);
  add_le64(at, offset_us);
  at += 8;
  do {
    const auto key = static_cast<std::uint8_t>(*at++);
    const std::uint64_t value =
        encode_impl::read_varint(at);  // a length or, for duration and debug, the value
    if (key == encode_impl::key_duration) finished_us += value;
    if ((key & 7) != 2) continue;
    if (key == encode_impl::key_annotation) {
      EDGESPAN_ASSERT(few_assertions ||
                      (value > 9 && *at == std::byte{0x09}));  // its time first, then a text
      add_le64(at + 1, offset_us);
    }
    at += static_cast<std::size_t>(value);
    EDGESPAN_ASSERT(at <= element.data() + element.size());
  } while (at < end);
  since_us = earlier(finished_us, since_us);
}

}  // namespace edgespan::detail
