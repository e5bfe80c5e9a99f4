// SPDX-License-Identifier: Apache-2.0
// The parts of a span that do not change, encoded once.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <edgespan/tracing.hpp>
#include <span>
#include <string_view>

#include "core/assert.hpp"

namespace edgespan::detail {

inline constexpr std::size_t service_name_max = 63;

// An endpoint with its key and length, ready to be copied into spans. Largest: 2 + (2 + 63) + 6 + 18 + 4.
struct EncodedEndpoint {
  std::array<std::byte, 96> bytes;
  std::size_t size = 0;
  std::span<const std::byte> view() const noexcept {
    EDGESPAN_ASSERT(few_assertions || size <= bytes.size());
    return {bytes.data(), size};
  }
};

enum class EndpointField : std::uint8_t { local = 0x42, remote = 0x4A };

// What an endpoint says; what it lacks is left out.
struct EndpointView {
  std::string_view name{};
  const std::uint8_t* ipv4 = nullptr;
  const std::uint8_t* ipv6 = nullptr;
  std::uint16_t port = 0;
};

// IPv4 addresses mapped into IPv6 become IPv4.
EndpointView view_of(const Endpoint& endpoint) noexcept;

// False if the name is longer than service_name_max, not UTF-8, or has a NUL. ASCII letters of the name
// become lower-case. An endpoint of nothing is encoded as no bytes, for the collector takes an empty one for
// absent.
bool encode_endpoint(const EndpointView& endpoint, EndpointField field, EncodedEndpoint& out) noexcept;
inline bool encode_endpoint(const Endpoint& endpoint, EndpointField field, EncodedEndpoint& out) noexcept {
  return encode_endpoint(view_of(endpoint), field, out);
}

}  // namespace edgespan::detail
