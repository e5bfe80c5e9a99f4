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

bool read_endpoints(Bytes endpoints, ElementEndpoint& local, ElementEndpoint& remote) noexcept {
  FieldReader field{endpoints};
  while (field.next()) {
    if (!read_endpoint(field.bytes(), field.key() == key_local ? local : remote)) return false;
  }
  return field.at_end();
}

}  // namespace edgespan::otlp_detail
