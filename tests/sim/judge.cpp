// SPDX-License-Identifier: Apache-2.0
#include "judge.hpp"

#include <algorithm>
#include <cstddef>
#include <span>

#include "support/span_view.hpp"

namespace edgespan::simtest {
namespace {

bool equal_lower(std::string_view lower, std::string_view text) {
  return std::equal(lower.begin(), lower.end(), text.begin(), text.end(), [](char have, char meant) {
    return have == (meant >= 'A' && meant <= 'Z' ? static_cast<char>(meant + 0x20) : meant);
  });
}

bool ids_right(const test::SpanView& span, const MadeSpan& made) {
  return span.trace_id_bytes == (made.trace_hi != 0 ? 16U : 8U) && span.trace_hi == made.trace_hi &&
         span.trace_lo == made.trace_lo && span.id == made.id && span.parent_id == made.parent_id;
}

bool local_right(const zipkin_proto3_Endpoint& local) {
  constexpr std::uint8_t address[] = {10, 0, 0, 7};
  return std::string_view{local.service_name} == "gateway" && local.ipv4.size == sizeof address &&
         std::equal(std::begin(address), std::end(address), local.ipv4.bytes) && local.ipv6.size == 0 &&
         local.port == 0;
}

bool tags_right(const test::SpanView& span, const MadeSpan& made) {
  const std::size_t expected = made.error.empty() ? 1 : 2;
  return span.tags == expected && span.tag("kafka.topic") == made.topic &&
         (made.error.empty() || span.tag("error") == made.error);
}

bool annotations_right(const test::SpanView& span, const MadeSpan& made, std::uint64_t offset_us) {
  if (made.annotated_us == 0) return span.annotations == 0 && !span.has_remote;
  bool right =
      span.annotations == 1 && span.has_remote && std::string_view{span.remote.service_name} == "kafka";
  span.each_annotation([&](std::uint64_t at_us, std::string_view text) {
    right = right && at_us == made.annotated_us + offset_us && text == "wire.sent";
  });
  return right;
}

}  // namespace

const char* judged(std::string_view element, const MadeSpan& made, std::uint64_t duration_us,
                   std::uint64_t offset_us) {
  auto rest = std::as_bytes(std::span{element.data(), element.size()});
  test::SpanView span;
  if (!span.take_from(rest) || !rest.empty()) return "nanopb cannot read a span";
  if (!ids_right(span, made)) return "nanopb reads other ids";
  if (static_cast<std::uint8_t>(span.kind) != made.kind) return "nanopb reads another kind";
  if (span.timestamp != made.start_us + offset_us || span.duration != duration_us)
    return "nanopb reads other times";
  if (!span.has_local || !local_right(span.local)) return "nanopb reads another endpoint";
  if (span.debug || span.shared) return "nanopb reads a flag that nobody set";
  if (made.odd) return nullptr;
  if (!equal_lower(span.name, made.name)) return "nanopb reads another name";
  if (!tags_right(span, made)) return "nanopb reads other tags";
  if (!annotations_right(span, made, offset_us)) return "nanopb reads other annotations, or another peer";
  return nullptr;
}

}  // namespace edgespan::simtest
