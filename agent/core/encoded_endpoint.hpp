// SPDX-License-Identifier: Apache-2.0
// The parts of a span that do not change, encoded once by nanopb.
#pragma once

#include <array>
#include <cstddef>
#include <edgespan/tracing.hpp>
#include <span>

#include "core/assert.hpp"

namespace edgespan::detail {

inline constexpr std::size_t service_name_max = 63;

// An endpoint with its key and length, ready to be copied into spans. Largest: 2 + (2 + 63) + 6 + 18 + 4.
struct EncodedEndpoint {
  std::array<std::byte, 96> bytes{};
  std::size_t size = 0;
  std::span<const std::byte> view() const noexcept {
    EDGESPAN_ASSERT(small_code || size <= bytes.size());
    return {bytes.data(), size};
  }
};

enum class EndpointField : std::uint8_t { local = 0x42, remote = 0x4A };

// False if the name is longer than service_name_max or not UTF-8. An endpoint of nothing is encoded as no
// bytes, for the collector takes an empty one for absent. IPv4 addresses mapped into IPv6 are sent as IPv4.
bool encode_endpoint(const Endpoint& endpoint, EndpointField field, EncodedEndpoint& out) noexcept;

}  // namespace edgespan::detail
