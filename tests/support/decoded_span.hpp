// SPDX-License-Identifier: Apache-2.0
// The spans of a batch, decoded by nanopb, as a collector would see them. It allocates, so it is for tests on
// a host.
#pragma once

#include <edgespan/span.hpp>

#include <pb_decode.h>
#include <zipkin.pb.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace edgespan::test {

struct DecodedEndpoint {
  bool present = false;
  std::string service_name;
  std::string ipv4;  // hexadecimal, empty if it was left out
  std::string ipv6;
  int port = 0;
};

struct DecodedSpan {
  std::string trace_id;   // lower-case hexadecimal, 16 or 32 digits
  std::string parent_id;  // empty on a root
  std::string id;
  Kind kind = Kind::none;
  std::string name;
  std::uint64_t timestamp = 0;  // microseconds
  std::uint64_t duration = 0;
  DecodedEndpoint local;
  DecodedEndpoint remote;
  std::map<std::string, std::string> tags;
  std::size_t tags_written = 0;  // more than tags.size() if a key was written twice
  std::vector<std::pair<std::uint64_t, std::string>> annotations;
  bool debug = false;
  bool shared = false;

  // The value of a tag, or `<none>`.
  std::string tag(const std::string& key) const {
    const auto found = tags.find(key);
    return found == tags.end() ? "<none>" : found->second;
  }
};

namespace decoding {

inline std::string hex(const std::uint8_t* bytes, std::size_t size) {
  std::string out;
  for (std::size_t i = 0; i < size; ++i) {
    out += "0123456789abcdef"[bytes[i] >> 4];
    out += "0123456789abcdef"[bytes[i] & 15];
  }
  return out;
}

inline bool read_text(pb_istream_t* stream, const pb_field_iter_t*, void** arg) {
  auto& out = *static_cast<std::string*>(*arg);
  out.resize(stream->bytes_left);
  return pb_read(stream, reinterpret_cast<pb_byte_t*>(out.data()), out.size());
}

inline pb_callback_t into(bool (*read)(pb_istream_t*, const pb_field_iter_t*, void**), void* out) {
  pb_callback_t callback{};
  callback.funcs.decode = read;
  callback.arg = out;
  return callback;
}

inline bool read_tag(pb_istream_t* stream, const pb_field_iter_t*, void** arg) {
  auto& span = *static_cast<DecodedSpan*>(*arg);
  std::string key;
  std::string value;
  zipkin_proto3_Span_TagsEntry entry = zipkin_proto3_Span_TagsEntry_init_zero;
  entry.key = into(read_text, &key);
  entry.value = into(read_text, &value);
  if (!pb_decode(stream, zipkin_proto3_Span_TagsEntry_fields, &entry)) return false;
  span.tags[key] = value;
  ++span.tags_written;
  return true;
}

inline bool read_annotation(pb_istream_t* stream, const pb_field_iter_t*, void** arg) {
  auto& span = *static_cast<DecodedSpan*>(*arg);
  std::string value;
  zipkin_proto3_Annotation annotation = zipkin_proto3_Annotation_init_zero;
  annotation.value = into(read_text, &value);
  if (!pb_decode(stream, zipkin_proto3_Annotation_fields, &annotation)) return false;
  span.annotations.emplace_back(annotation.timestamp, value);
  return true;
}

inline DecodedEndpoint endpoint(bool present, const zipkin_proto3_Endpoint& in) {
  return {present, in.service_name, hex(in.ipv4.bytes, in.ipv4.size), hex(in.ipv6.bytes, in.ipv6.size),
          static_cast<int>(in.port)};
}

inline bool read_span(pb_istream_t* stream, const pb_field_iter_t*, void** arg) {
  DecodedSpan& out = static_cast<std::vector<DecodedSpan>*>(*arg)->emplace_back();
  zipkin_proto3_Span in = zipkin_proto3_Span_init_zero;
  in.name = into(read_text, &out.name);
  in.tags = into(read_tag, &out);
  in.annotations = into(read_annotation, &out);
  if (!pb_decode(stream, zipkin_proto3_Span_fields, &in)) return false;
  out.trace_id = hex(in.trace_id.bytes, in.trace_id.size);
  out.parent_id = hex(in.parent_id.bytes, in.parent_id.size);
  out.id = hex(in.id.bytes, in.id.size);
  out.kind = static_cast<Kind>(in.kind);
  out.timestamp = in.timestamp;
  out.duration = in.duration;
  out.local = endpoint(in.has_local_endpoint, in.local_endpoint);
  out.remote = endpoint(in.has_remote_endpoint, in.remote_endpoint);
  out.debug = in.debug;
  out.shared = in.shared;
  return true;
}

}  // namespace decoding

// Throws std::runtime_error if the bytes are not a ListOfSpans.
inline std::vector<DecodedSpan> decode_spans(std::span<const std::byte> bytes) {
  std::vector<DecodedSpan> spans;
  zipkin_proto3_ListOfSpans list = zipkin_proto3_ListOfSpans_init_zero;
  list.spans = decoding::into(decoding::read_span, &spans);
  pb_istream_t stream =
      pb_istream_from_buffer(reinterpret_cast<const pb_byte_t*>(bytes.data()), bytes.size());
  if (!pb_decode(&stream, zipkin_proto3_ListOfSpans_fields, &list))
    throw std::runtime_error{PB_GET_ERROR(&stream)};
  return spans;
}

}  // namespace edgespan::test
