// SPDX-License-Identifier: Apache-2.0
// The parts of a span that do not change, encoded once.
#pragma once

#include <array>
#include <cstddef>
#include <edgespan/tracing.hpp>
#include <span>

#include "core/assert.hpp"
#include "core/encode_impl.hpp"

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

// Whether this may be the name of an endpoint: at most service_name_max bytes of UTF-8 without a NUL, or
// none.
inline bool service_name(std::string_view name) noexcept {
  return name.size() <= service_name_max &&
         (name.empty() || text_key(name) || (utf8(name) && name.find('\0') == name.npos));
}

// The endpoint's fields that say something. IPv4 addresses mapped into IPv6 become IPv4.
encode_impl::EndpointView view_of(const Endpoint& endpoint) noexcept;

// False if the endpoint's name is no service_name(). An endpoint of nothing is encoded as no
// bytes, for the collector takes an empty one for absent.
bool encode_endpoint(const Endpoint& endpoint, EndpointField field, EncodedEndpoint& out) noexcept;

}  // namespace edgespan::detail
