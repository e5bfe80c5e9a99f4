// SPDX-License-Identifier: Apache-2.0
// The spans of a batch, decoded by nanopb, as a collector would see them. Allocates nothing; texts are views
// of the batch.
#pragma once

#include <edgespan/span.hpp>

#include <pb_decode.h>
#include <zipkin.pb.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace edgespan::test {

// A kind has the number of Zipkin's, and is read as it.
static_assert(static_cast<int>(Kind::none) == zipkin_proto3_Span_Kind_SPAN_KIND_UNSPECIFIED &&
              static_cast<int>(Kind::client) == zipkin_proto3_Span_Kind_CLIENT &&
              static_cast<int>(Kind::server) == zipkin_proto3_Span_Kind_SERVER &&
              static_cast<int>(Kind::producer) == zipkin_proto3_Span_Kind_PRODUCER &&
              static_cast<int>(Kind::consumer) == zipkin_proto3_Span_Kind_CONSUMER);

class SpanView {
 public:
  std::uint64_t trace_hi = 0, trace_lo = 0, parent_id = 0, id = 0;
  std::size_t trace_id_bytes = 0;
  Kind kind = Kind::none;
  std::string_view name;
  std::uint64_t timestamp = 0;  // microseconds
  std::uint64_t duration = 0;
  bool has_local = false;
  bool has_remote = false;
  zipkin_proto3_Endpoint local{};
  zipkin_proto3_Endpoint remote{};
  bool debug = false;
  bool shared = false;
  std::size_t tags = 0;
  std::size_t annotations = 0;

  // Takes the first span off `batch`. False: there is none; `batch` is empty then, or malformed.
  bool take_from(std::span<const std::byte>& batch) {
    *this = SpanView{};
    pb_istream_t stream = reader(batch);
    pb_wire_type_t type{};
    std::uint32_t number = 0, size = 0;
    bool end = false;
    if (!pb_decode_tag(&stream, &type, &number, &end) || number != 1 || type != PB_WT_STRING) return false;
    if (!pb_decode_varint32(&stream, &size) || size > stream.bytes_left) return false;
    body_ = batch.subspan(batch.size() - stream.bytes_left, size);
    if (!decode()) return false;
    batch = batch.subspan(batch.size() - stream.bytes_left + size);
    return true;
  }

  // The value of a tag, or `<none>`.
  std::string_view tag(std::string_view key) const {
    std::string_view found = "<none>";
    each_tag([&](std::string_view name_found, std::string_view value) {
      if (name_found == key) found = value;
    });
    return found;
  }

  // visit(key, value) for every tag, as they stand in the span.
  template <typename Visit>
  void each_tag(Visit visit) const {
    zipkin_proto3_Span in = zipkin_proto3_Span_init_zero;
    in.tags = into(
        [](pb_istream_t* stream, const pb_field_iter_t*, void** arg) {
          std::string_view key, value;
          zipkin_proto3_Span_TagsEntry entry = zipkin_proto3_Span_TagsEntry_init_zero;
          entry.key = into(read_text, &key);
          entry.value = into(read_text, &value);
          if (!pb_decode(stream, zipkin_proto3_Span_TagsEntry_fields, &entry)) return false;
          (*static_cast<Visit*>(*arg))(key, value);
          return true;
        },
        &visit);
    pb_istream_t stream = reader(body_);
    (void)pb_decode(&stream, zipkin_proto3_Span_fields, &in);
  }

  // visit(at_us, text) for every annotation.
  template <typename Visit>
  void each_annotation(Visit visit) const {
    zipkin_proto3_Span in = zipkin_proto3_Span_init_zero;
    in.annotations = into(
        [](pb_istream_t* stream, const pb_field_iter_t*, void** arg) {
          std::string_view text;
          zipkin_proto3_Annotation annotation = zipkin_proto3_Annotation_init_zero;
          annotation.value = into(read_text, &text);
          if (!pb_decode(stream, zipkin_proto3_Annotation_fields, &annotation)) return false;
          (*static_cast<Visit*>(*arg))(annotation.timestamp, text);
          return true;
        },
        &visit);
    pb_istream_t stream = reader(body_);
    (void)pb_decode(&stream, zipkin_proto3_Span_fields, &in);
  }

 private:
  using Read = bool (*)(pb_istream_t*, const pb_field_iter_t*, void**);

  static pb_istream_t reader(std::span<const std::byte> bytes) {
    return pb_istream_from_buffer(reinterpret_cast<const pb_byte_t*>(bytes.data()), bytes.size());
  }
  static pb_callback_t into(Read read, void* out) {
    pb_callback_t callback{};
    callback.funcs.decode = read;
    callback.arg = out;
    return callback;
  }
  static bool read_text(pb_istream_t* stream, const pb_field_iter_t*, void** arg) {
    *static_cast<std::string_view*>(*arg) = {static_cast<const char*>(stream->state), stream->bytes_left};
    return pb_read(stream, nullptr, stream->bytes_left);
  }
  static std::uint64_t number(const pb_byte_t* bytes, std::size_t size) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < size; ++i) value = value << 8 | bytes[i];
    return value;
  }

  bool decode() {
    zipkin_proto3_Span in = zipkin_proto3_Span_init_zero;
    in.name = into(read_text, &name);
    pb_istream_t stream = reader(body_);
    if (!pb_decode(&stream, zipkin_proto3_Span_fields, &in)) return false;
    trace_id_bytes = in.trace_id.size;
    if (trace_id_bytes == 16) trace_hi = number(in.trace_id.bytes, 8);
    if (trace_id_bytes >= 8) trace_lo = number(in.trace_id.bytes + trace_id_bytes - 8, 8);
    parent_id = number(in.parent_id.bytes, in.parent_id.size);
    id = number(in.id.bytes, in.id.size);
    kind = static_cast<Kind>(in.kind);
    timestamp = in.timestamp;
    duration = in.duration;
    has_local = in.has_local_endpoint;
    local = in.local_endpoint;
    has_remote = in.has_remote_endpoint;
    remote = in.remote_endpoint;
    debug = in.debug;
    shared = in.shared;
    each_tag([this](std::string_view, std::string_view) { ++tags; });
    each_annotation([this](std::uint64_t, std::string_view) { ++annotations; });
    return true;
  }

  std::span<const std::byte> body_;
};

}  // namespace edgespan::test
