// SPDX-License-Identifier: Apache-2.0
#include "cli/spans/collected_span.hpp"

#include <pb_decode.h>
#include <zipkin.pb.h>

#include <algorithm>
#include <cstdint>
#include <iterator>

namespace edgespan::cli {
namespace {

std::string hex(const std::uint8_t* bytes, std::size_t size) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (std::size_t i = 0; i < size; ++i) {
    out += digits[bytes[i] >> 4];
    out += digits[bytes[i] & 15];
  }
  return out;
}

bool is_zero(std::string_view id) noexcept { return id.find_first_not_of('0') == id.npos; }

bool read_string(pb_istream_t* stream, const pb_field_iter_t*, void** arg) {
  auto& out = *static_cast<std::string*>(*arg);
  out.resize(stream->bytes_left);
  return pb_read(stream, reinterpret_cast<pb_byte_t*>(out.data()), out.size());
}

pb_callback_t into_string(std::string& out) {
  pb_callback_t callback{};
  callback.funcs.decode = read_string;
  callback.arg = &out;
  return callback;
}

bool read_tag(pb_istream_t* stream, const pb_field_iter_t*, void** arg) {
  auto& tags = static_cast<CollectedSpan*>(*arg)->tags;
  auto& [key, value] = tags.emplace_back();
  zipkin_proto3_Span_TagsEntry entry = zipkin_proto3_Span_TagsEntry_init_zero;
  entry.key = into_string(key);
  entry.value = into_string(value);
  return pb_decode(stream, zipkin_proto3_Span_TagsEntry_fields, &entry);
}

bool read_annotation(pb_istream_t* stream, const pb_field_iter_t*, void** arg) {
  auto& annotations = static_cast<CollectedSpan*>(*arg)->annotations;
  auto& [timestamp_us, value] = annotations.emplace_back();
  zipkin_proto3_Annotation annotation = zipkin_proto3_Annotation_init_zero;
  annotation.value = into_string(value);
  if (!pb_decode(stream, zipkin_proto3_Annotation_fields, &annotation)) return false;
  timestamp_us = annotation.timestamp;
  return true;
}

Kind kind_of(zipkin_proto3_Span_Kind kind) noexcept {
  return kind >= zipkin_proto3_Span_Kind_CLIENT && kind <= zipkin_proto3_Span_Kind_CONSUMER
             ? static_cast<Kind>(kind)
             : Kind::none;
}

bool read_span(pb_istream_t* stream, const pb_field_iter_t*, void** arg) {
  auto& spans = *static_cast<std::vector<CollectedSpan>*>(*arg);
  CollectedSpan& out = spans.emplace_back();
  zipkin_proto3_Span span = zipkin_proto3_Span_init_zero;
  span.name = into_string(out.name);
  span.annotations.funcs.decode = read_annotation;
  span.annotations.arg = &out;
  span.tags.funcs.decode = read_tag;
  span.tags.arg = &out;
  if (!pb_decode(stream, zipkin_proto3_Span_fields, &span)) return false;
  out.trace_id = hex(span.trace_id.bytes, span.trace_id.size);
  out.parent_id = hex(span.parent_id.bytes, span.parent_id.size);
  out.id = hex(span.id.bytes, span.id.size);
  out.kind = kind_of(span.kind);
  out.timestamp_us = span.timestamp;
  out.duration_us = span.duration;
  if (span.has_local_endpoint) out.service = span.local_endpoint.service_name;
  if (span.has_remote_endpoint) out.remote_service = span.remote_endpoint.service_name;
  out.debug = span.debug;
  out.shared = span.shared;
  return true;
}

}  // namespace

bool decode_spans(std::string_view body, std::vector<CollectedSpan>& out, std::string& error) {
  std::vector<CollectedSpan> spans;
  zipkin_proto3_ListOfSpans list = zipkin_proto3_ListOfSpans_init_zero;
  list.spans.funcs.decode = read_span;
  list.spans.arg = &spans;
  pb_istream_t stream = pb_istream_from_buffer(reinterpret_cast<const pb_byte_t*>(body.data()), body.size());
  if (!pb_decode(&stream, zipkin_proto3_ListOfSpans_fields, &list)) {
    error = std::string{"not a protobuf list of spans: "} + PB_GET_ERROR(&stream);
    return false;
  }
  const auto incomplete = [](const CollectedSpan& span) {
    return is_zero(span.trace_id) || is_zero(span.id);
  };
  if (std::ranges::any_of(spans, incomplete)) {
    error = "a span lacks its trace id or its id";
    return false;
  }
  std::ranges::move(spans, std::back_inserter(out));
  return true;
}

std::string_view kind_text(Kind kind) noexcept {
  switch (kind) {
    case Kind::client:
      return "CLIENT";
    case Kind::server:
      return "SERVER";
    case Kind::producer:
      return "PRODUCER";
    case Kind::consumer:
      return "CONSUMER";
    case Kind::none:
      break;
  }
  return "-";
}

}  // namespace edgespan::cli
