// SPDX-License-Identifier: Apache-2.0
#include "otlp/span_element.hpp"

namespace edgespan::otlp_detail {
namespace {

constexpr bool is_id(Bytes bytes) noexcept { return bytes.size() == 8; }

}  // namespace

bool read_span(Bytes body, SpanElement& out) noexcept {
  FieldReader field{body};
  out.texts = body.first(0);
  for (Bytes before = body; field.next(); before = field.rest()) {
    switch (field.key()) {
      case 0x0A:
        out.trace_id = field.bytes();
        break;
      case 0x12:
        out.parent_id = field.bytes();
        break;
      case 0x1A:
        out.id = field.bytes();
        break;
      case 0x20:
        out.kind = field.number();
        break;
      case 0x2A:
        out.name = field.text();
        break;
      case 0x31:
        out.start_us = field.number();
        break;
      case 0x38:
        out.duration_us = field.number();
        break;
      case 0x42:
        out.local = field.bytes();
        break;
      case 0x4A:
        out.remote = field.bytes();
        break;
      default:
        out.texts = before;  // the fields stand in the order of their numbers
        field = FieldReader{{}};
        break;
    }
  }
  const bool whole = field.at_end();
  return whole && is_id(out.id) && (out.parent_id.empty() || is_id(out.parent_id)) &&
         (out.trace_id.size() == 16 || is_id(out.trace_id));
}

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

}  // namespace edgespan::otlp_detail
