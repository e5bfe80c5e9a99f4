// SPDX-License-Identifier: Apache-2.0
#include "otlp/otlp_batch.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "core/assert.hpp"
#include "otlp/otlp_endpoints.hpp"
#include "otlp/otlp_fields.hpp"
#include "otlp/otlp_span.hpp"

namespace edgespan::otlp_detail {
namespace {

constexpr std::string_view scope_name = "edgespan";
constexpr std::string_view service_key = "service.name";

constexpr std::size_t service_bytes_max = 127;  // an endpoint has no longer one

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
    EDGESPAN_ASSERT(element_body.size() < element_bytes);  // with its key and its length
    SpanElement span;
    if (!read_span(element_body, of_span_, span)) return false;
    if (spans_ == nullptr || span.endpoints.data() != of_span_.data()) {
      if (!change_endpoints(span.endpoints)) return false;
    }
    if (span_bytes_most(element_bytes) + endpoints_bytes_ > left()) return false;
    std::byte* const end = write_span(span, Bytes{endpoints_}.first(endpoints_bytes_), end_);
    if (end == nullptr) return false;
    EDGESPAN_ASSERT(static_cast<std::size_t>(end - end_) <=
                    span_bytes_most(element_bytes) + endpoints_bytes_);
    end_ = end;
    return true;
  }

  Bytes finish() noexcept {
    if (!close_service()) return {};
    EDGESPAN_ASSERT(begin_ <= end_ && left() <= room_.size());
    return {begin_, end_};
  }

 private:
  std::size_t left() const noexcept { return static_cast<std::size_t>(room_.data() + room_.size() - end_); }

  // Nearly all spans of a batch have the endpoints of the one before.
  bool change_endpoints(Bytes of_span) noexcept {
    ElementEndpoint local, remote;
    if (!read_endpoints(of_span, local, remote)) return false;
    of_span_ = of_span;
    endpoints_bytes_ =
        static_cast<std::size_t>(write_endpoints(local, remote, endpoints_.data()) - endpoints_.data());
    if (spans_ != nullptr && local.service_name == service_) return true;
    if (!close_service() || head_bytes_max > left()) return false;
    service_ = local.service_name;
    EDGESPAN_ASSERT(service_.size() <= service_bytes_max);  // it is a part of a field that is no longer
    spans_ = end_ += head_bytes_max;
    return true;
  }

  bool close_service() noexcept {
    if (spans_ == nullptr) return true;
    EDGESPAN_ASSERT(spans_ - begin_ >= static_cast<std::ptrdiff_t>(head_bytes_max) && spans_ <= end_);
    std::array<std::byte, head_bytes_max> head;
    const auto spans_bytes = static_cast<std::size_t>(end_ - spans_);
    const std::size_t head_bytes = write_head(head, spans_bytes);
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

  // Returns its size.
  std::size_t write_head(std::span<std::byte> head, std::size_t spans_bytes) const noexcept {
    constexpr std::size_t scope_bytes = text_bytes(scope_name.size());
    const std::size_t scope_spans = 1 + varint64_size(scope_bytes) + scope_bytes + spans_bytes;
    const std::size_t name = text_bytes(service_.size());
    const std::size_t attribute = text_bytes(service_key.size()) + text_bytes(name);
    const std::size_t resource = service_.empty() ? 0 : text_bytes(attribute);
    const std::size_t all = (resource == 0 ? 0 : text_bytes(resource)) + text_bytes(scope_spans);
    std::byte* out = put_varint(put(head.data(), key_request_resource_spans), all);
    if (resource != 0) {
      out = put_varint(put(out, key_resource), resource);
      out = put_attribute(out, key_resource_attribute, service_key, service_);
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
  std::string_view service_{};
  Bytes of_span_{};                  // the endpoints of the last span, and
  std::size_t endpoints_bytes_ = 0;  // what they become
  std::array<std::byte, endpoints_bytes_max> endpoints_{};
};

// Of the element that begins at `at`; without data if it is none. Its length takes one or two bytes.
Bytes element_body(const std::byte* at, const std::byte* end) noexcept {
  if (end - at < 2 || static_cast<std::uint8_t>(at[0]) != detail::encode_impl::key_list_span) return {};
  auto size = static_cast<std::size_t>(at[1]);
  at += 2;
  if (size >= 0x80) {
    if (at == end || static_cast<std::uint8_t>(*at) >= 0x80) return {};
    size = (size & 0x7F) | static_cast<std::size_t>(*at++) << 7;
  }
  return size <= static_cast<std::size_t>(end - at) ? Bytes{at, size} : Bytes{};
}

}  // namespace

Bytes write_request(Bytes portion, std::span<std::byte> room) noexcept {
  RequestWriter request{room};
  const std::byte* at = portion.data();
  const std::byte* const end = at + portion.size();
  while (at != end) {
    const Bytes body = element_body(at, end);
    if (body.data() == nullptr) return {};
    const std::byte* const behind = body.data() + body.size();
    EDGESPAN_ASSERT(at < behind && behind <= end);
    if (!request.add(body, static_cast<std::size_t>(behind - at))) return {};
    at = behind;
  }
  return request.finish();
}

}  // namespace edgespan::otlp_detail
