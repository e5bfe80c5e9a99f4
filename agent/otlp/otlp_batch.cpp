// SPDX-License-Identifier: Apache-2.0
#include "otlp/otlp_batch.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "core/assert.hpp"
#include "otlp/otlp_fields.hpp"
#include "otlp/otlp_span.hpp"

namespace edgespan::otlp_detail {
namespace {

constexpr std::string_view scope_name = "edgespan";
constexpr std::string_view service_key = "service.name";

constexpr std::size_t service_bytes_max = 255;

// What stands before the spans of one service: keys and lengths, resource, scope.
constexpr std::size_t head_bytes_max = 6 + 32 + service_bytes_max + 6 + 16;

// Spans are written behind room for the longest head. When their number of bytes is known, so is the head:
// that of the first service goes right in front of them, and they are moved up to that of every further one.
// So no length is padded, and spans of one service, the usual case, are never moved.
class RequestWriter {
 public:
  explicit RequestWriter(std::span<std::byte> room) noexcept
      : room_{room}, begin_{room.data()}, end_{begin_} {}

  bool add(Bytes element_body, std::size_t element_bytes) noexcept {
    SpanElement span;
    if (!read_span(element_body, span)) return false;
    if (spans_ == nullptr || !same(span.local, local_)) {
      if (!close_service() || !open_service(span.local)) return false;
    }
    if (span_bytes_most(element_bytes) > left()) return false;
    std::byte* const end = write_span(span, end_);
    if (end == nullptr) return false;
    EDGESPAN_ASSERT(static_cast<std::size_t>(end - end_) <= span_bytes_most(element_bytes));
    end_ = end;
    return true;
  }

  Bytes finish() noexcept {
    if (!close_service()) return {};
    return {begin_, end_};
  }

 private:
  static bool same(Bytes a, Bytes b) noexcept {
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin());
  }
  std::size_t left() const noexcept { return static_cast<std::size_t>(room_.data() + room_.size() - end_); }

  bool open_service(Bytes local) noexcept {
    if (head_bytes_max > left()) return false;
    local_ = local;
    spans_ = end_ += head_bytes_max;
    return true;
  }

  bool close_service() noexcept {
    if (spans_ == nullptr) return true;
    std::array<std::byte, head_bytes_max> head;
    const auto spans_bytes = static_cast<std::size_t>(end_ - spans_);
    const std::size_t head_bytes = write_head(head, spans_bytes);
    if (head_bytes == 0) return false;
    std::byte* const before = spans_ - head_bytes_max;  // the end of the service before, or of nothing
    if (before == begin_) {
      begin_ = spans_ - head_bytes;
      std::copy_n(head.begin(), head_bytes, begin_);
    } else {
      std::memmove(before + head_bytes, spans_, spans_bytes);
      std::copy_n(head.begin(), head_bytes, before);
      end_ = before + head_bytes + spans_bytes;
    }
    spans_ = nullptr;
    return true;
  }

  // Returns its size; 0 for a service that is none.
  std::size_t write_head(std::span<std::byte> head, std::size_t spans_bytes) const noexcept {
    ElementEndpoint local;
    if (!read_endpoint(local_, local) || local.service_name.size() > service_bytes_max) return 0;
    constexpr std::size_t scope_bytes = text_bytes(scope_name.size());
    const std::size_t scope_spans = 1 + varint64_size(scope_bytes) + scope_bytes + spans_bytes;
    const std::size_t name = text_bytes(local.service_name.size());
    const std::size_t attribute = text_bytes(service_key.size()) + text_bytes(name);
    const std::size_t resource = local.service_name.empty() ? 0 : text_bytes(attribute);
    const std::size_t all = (resource == 0 ? 0 : text_bytes(resource)) + text_bytes(scope_spans);
    std::byte* out = put_varint(put(head.data(), key_request_resource_spans), all);
    if (resource != 0) {
      out = put_varint(put(out, key_resource), resource);
      out = put_attribute(out, key_resource_attribute, service_key, local.service_name);
    }
    out = put_varint(put(out, key_scope_spans), scope_spans);
    out = put_varint(put(out, key_scope), scope_bytes);
    out = put_text(out, key_scope_name, scope_name);
    EDGESPAN_ASSERT(static_cast<std::size_t>(out - head.data()) <= head.size());
    return static_cast<std::size_t>(out - head.data());
  }

  std::span<std::byte> room_;
  std::byte* begin_;            // of the request
  std::byte* end_;              // of what was written
  std::byte* spans_ = nullptr;  // of the present service; null: there is none
  Bytes local_{};               // its endpoint
};

}  // namespace

Bytes write_request(Bytes portion, std::span<std::byte> room) noexcept {
  RequestWriter request{room};
  FieldReader element{portion};
  for (Bytes before = portion; element.next(); before = element.rest()) {
    if (element.key() != detail::encode_impl::key_list_span) return {};
    if (!request.add(element.bytes(), before.size() - element.rest().size())) return {};
  }
  return element.at_end() ? request.finish() : Bytes{};
}

}  // namespace edgespan::otlp_detail
