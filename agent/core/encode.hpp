// SPDX-License-Identifier: Apache-2.0
// A finished span in the bytes of Zipkin's protobuf: one complete `spans` element of ListOfSpans (key,
// length, body), fields in the order of their numbers, defaults left out. What never changes was encoded
// before and is copied.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <edgespan/context.hpp>
#include <edgespan/span.hpp>
#include <span>
#include <string_view>

namespace edgespan::core {

using Bytes = std::span<const std::byte>;

// One tag that is encoded together with its span. The key has 1 to 127 bytes, the value at most 384, both
// UTF-8.
struct TagView {
  std::string_view key;
  std::string_view value;
};

struct SpanRecord {
  Context context;
  Kind kind = Kind::none;
  std::uint64_t start_us = 0;     // any clock: the time is patched when the record leaves
  std::uint64_t duration_us = 0;  // 0: left out
  Bytes name{};                   // each of these is a run of whole fields, encoded
  Bytes local{};
  Bytes remote{};
  Bytes text{};            // annotations, then tags
  bool annotated = false;  // `text` begins with annotations
  std::span<const TagView> tags{};
};

struct EncodedSize {
  std::uint32_t body = 0;
  std::uint32_t total = 0;         // body with its key and length
  std::uint32_t timestamp_at = 0;  // where the 8 bytes of the start time begin, from the start of the element
};

EncodedSize encoded_size(const SpanRecord& record) noexcept;

// Writes exactly `size.total` bytes, `size` being encoded_size(record).
void encode(const SpanRecord& record, const EncodedSize& size, std::byte* out) noexcept;

// Adds `offset_us` (modulo 2^64) to the start time and to those of the annotations of an encoded element.
void rebase(std::span<std::byte> element, std::uint32_t timestamp_at, bool annotated,
            std::uint64_t offset_us) noexcept;

// Building blocks of the fields that a span collects while it is open. Each returns what it wrote, or would
// write.
std::size_t tag_size(std::string_view key, std::string_view value) noexcept;
std::byte* write_tag(std::byte* out, std::string_view key, std::string_view value) noexcept;
std::size_t annotation_size(std::string_view text) noexcept;
std::byte* write_annotation(std::byte* out, std::uint64_t at_us, std::string_view text) noexcept;
// At most 127 bytes of text, whose ASCII letters become lower-case: 2 + name bytes; 4 + service name bytes.
std::byte* write_name(std::byte* out, std::string_view name) noexcept;
std::byte* write_remote(std::byte* out, std::string_view service_name) noexcept;

}  // namespace edgespan::core
