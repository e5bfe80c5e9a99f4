// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace edgespan {

// Who recorded a span, or who its peer is. The service name is 1 to 63 bytes of UTF-8; ASCII letters become
// lower-case. An address of zeros and a port of 0 are left out.
struct Endpoint {
  std::string_view service_name = "unknown";
  std::array<std::uint8_t, 4> ipv4{};
  std::array<std::uint8_t, 16> ipv6{};
  std::uint16_t port = 0;
};

}  // namespace edgespan
