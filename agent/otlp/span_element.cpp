// SPDX-License-Identifier: Apache-2.0
#include "otlp/span_element.hpp"

namespace edgespan::otlp_detail {
namespace {

bool read_endpoint(Bytes bytes, ElementEndpoint& out) noexcept {
  FieldReader field{bytes};
  while (field.next()) {
    switch (field.key()) {
      case 0x0A:
        out.service_name = field.text();
        break;
      case 0x12:
      case 0x1A:
        out.address = field.bytes();
        break;
      case 0x20:
        out.port = field.number();
        break;
      default:
        break;
    }
  }
  const std::size_t address = out.address.size();
  return field.at_end() && (address == 0 || address == 4 || address == 16) && out.port <= 0xFFFF;
}

}  // namespace

const std::byte* read_head(Bytes body, SpanElement& out) noexcept {
  namespace keys = detail::encode_impl;
  ElementWalk walk{body};
  out.trace_id = walk.bytes(keys::key_trace_id);
  if (out.trace_id.size() != 16 && out.trace_id.size() != 8) return nullptr;
  if (walk.is_next(keys::key_parent_id)) {
    out.parent_id = walk.id(keys::key_parent_id);
    if (out.parent_id == nullptr) return nullptr;
  }
  out.id = walk.id(keys::key_id);
  if (out.id == nullptr) return nullptr;
  std::uint64_t kind = 0;
  if (!walk.number(keys::key_kind, kind)) return nullptr;
  out.kind = kind < 5 ? static_cast<std::uint8_t>(kind) : std::uint8_t{0};
  if (walk.is_next(keys::key_name)) {
    out.name = walk.bytes(keys::key_name);
    if (out.name.data() == nullptr) return nullptr;
  }
  if (!walk.fixed64(keys::key_timestamp, out.start_us)) return nullptr;
  return walk.number(keys::key_duration, out.duration_us) ? walk.at() : nullptr;
}

bool read_endpoints(Bytes endpoints, ElementEndpoint& local, ElementEndpoint& remote) noexcept {
  FieldReader field{endpoints};
  while (field.next()) {
    if (!read_endpoint(field.bytes(), field.key() == key_local ? local : remote)) return false;
  }
  return field.at_end();
}

}  // namespace edgespan::otlp_detail
