// SPDX-License-Identifier: Apache-2.0
// A finished span in the bytes of the wire format (zipkin.proto): one complete `spans` element of ListOfSpans
// (key, length, body), fields in the order of their numbers, defaults left out. What never changes was
// encoded before and is copied.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <edgespan/context.hpp>
#include <edgespan/span.hpp>
#include <span>
#include <string_view>

namespace edgespan::detail {

using Bytes = std::span<const std::byte>;

// One tag that is encoded together with its span. The key has 1 to 127 bytes, the value at most 384, both
// UTF-8.
struct TagView {
  std::string_view key;
  std::string_view value;
};

struct SpanFields {
  const Context& context;
  Kind kind = Kind::none;
  std::uint64_t start_us = 0;     // any clock: the time is patched when the record leaves
  std::uint64_t duration_us = 0;  // 0: left out
  Bytes name{};                   // each of these is a run of whole fields, encoded
  Bytes local{};
  Bytes remote{};
  Bytes text{};                   // annotations, then tags
  bool annotated = false;         // `text` begins with annotations
  std::array<TagView, 3> tags{};  // an empty key: none
};

struct EncodedSize {
  std::uint32_t body = 0;
  std::uint32_t total = 0;         // body with its key and length
  std::uint32_t timestamp_at = 0;  // where the 8 bytes of the start time begin, from the start of the element
};

// Adds `offset_us` (modulo 2^64) to the start time and to those of the annotations of an encoded element that
// has a duration. `since_us` becomes the moment at which the span was finished, without the offset, if that
// is the earlier one.
void rebase(std::span<std::byte> element, std::uint32_t timestamp_at, bool annotated, std::uint64_t offset_us,
            std::uint64_t& since_us) noexcept;

}  // namespace edgespan::detail
