// SPDX-License-Identifier: Apache-2.0
// One header of a record, where it stands in librdkafka's list.
#pragma once

#include <librdkafka/rdkafka.h>

#include <array>
#include <cstddef>
#include <cstring>
#include <edgespan/context.hpp>
#include <string_view>

#include "core/assert.hpp"
#include "core/b3_impl.hpp"
#include "core/code.hpp"
#include "core/trace_key.hpp"

namespace edgespan::kafka_detail {

using detail::TraceKey;

// Whether a quick look for the one header that most records have comes before all their headers are read:
// where code is to be fast and has the room. All is told by the latter, too.
inline constexpr bool has_quick_look = !detail::small_code && sizeof(void*) >= 8;

struct HeaderView {
  const char* name = nullptr;
  const void* value = nullptr;
  std::size_t size = 0;

  // Names of an application are mostly told from ours by their first letter.
  TraceKey key() const noexcept {
    const char first = static_cast<char>(*name | 0x20);
    if (first == 'b') return name[1] == '3' && name[2] == '\0' ? TraceKey::b3 : TraceKey::none;
    const bool may_be_ours = first == 'x' || (first == 't' && (name[1] | 0x20) == 'r');
    return may_be_ours ? detail::find_trace_key(name) : TraceKey::none;
  }
  bool spelled_as(TraceKey key) const noexcept {
    EDGESPAN_ASSERT(key != TraceKey::none);
    return key == TraceKey::b3 ? *name == 'b'
                               : name == detail::trace_key_names[static_cast<std::size_t>(key)];
  }
  std::string_view text() const noexcept { return {static_cast<const char*>(value), size}; }
};

inline bool header_at(const rd_kafka_headers_t* list, std::size_t index, HeaderView& out) noexcept {
  return rd_kafka_header_get_all(list, index, &out.name, &out.value, &out.size) == RD_KAFKA_RESP_ERR_NO_ERROR;
}

// Whether one of the first `count` headers of a list is a trace header.
bool has_trace_header(const rd_kafka_headers_t* list, std::size_t count) noexcept;

// Finds the `b3` that ends a list, spelled as we write it: what a traced producer, or a poll, leaves in a
// record. False: there is none, or another header of the list is a trace header.
EDGESPAN_INLINE bool lone_b3(const rd_kafka_headers_t* list, HeaderView& out) noexcept {
  const std::size_t count = rd_kafka_header_cnt(list);
  if (count == 0 || !header_at(list, count - 1, out)) [[unlikely]]
    return false;
  if (out.name[0] != 'b' || out.name[1] != '3' || out.name[2] != '\0') [[unlikely]]
    return false;
  return count == 1 || !has_trace_header(list, count - 1);
}

// Whether a value of `b3` is of this span. Ids of spans are random, so the rest needs no look.
EDGESPAN_INLINE bool names_span(std::string_view value, const Context& context) noexcept {
  const std::size_t at = context.trace_hi != 0 ? 2 * b3_impl::id_digits + 1 : b3_impl::id_digits + 1;
  std::array<char, b3_impl::id_digits> id;
  b3_impl::HexFast::encode16(context.span_id, id.data());
  return value.size() >= at + id.size() && std::memcmp(value.data() + at, id.data(), id.size()) == 0;
}

}  // namespace edgespan::kafka_detail
