// SPDX-License-Identifier: Apache-2.0
#include "core/encoded_endpoint.hpp"

#include <cstring>

#include "core/assert.hpp"

namespace edgespan::detail {
namespace {

constexpr std::array<std::uint8_t, 16> zeros{};
constexpr std::array<std::uint8_t, 12> mapped_prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};

}  // namespace

encode_impl::EndpointView view_of(const Endpoint& endpoint) noexcept {
  encode_impl::EndpointView view{.name = endpoint.service_name, .port = endpoint.port};
  const std::uint8_t* v4 = endpoint.ipv4.data();
  const std::uint8_t* const v6 = endpoint.ipv6.data();
  const bool mapped = std::memcmp(v6, mapped_prefix.data(), mapped_prefix.size()) == 0;
  if (mapped && std::memcmp(v4, zeros.data(), 4) == 0) v4 = v6 + mapped_prefix.size();
  if (std::memcmp(v4, zeros.data(), 4) != 0) view.ipv4 = v4;
  if (!mapped && std::memcmp(v6, zeros.data(), zeros.size()) != 0) view.ipv6 = v6;
  return view;
}

bool encode_endpoint(const Endpoint& endpoint, EndpointField field, EncodedEndpoint& out) noexcept {
  out.size = 0;
  if (!service_name(endpoint.service_name)) return false;
  const encode_impl::EndpointView view = view_of(endpoint);
  if (encode_impl::endpoint_body(view) == 0) return true;
  const std::byte* const end =
      encode_impl::write_endpoint(out.bytes.data(), static_cast<std::uint8_t>(field), view);
  out.size = static_cast<std::size_t>(end - out.bytes.data());
  EDGESPAN_ASSERT(small_code || out.size <= out.bytes.size());
  return true;
}

}  // namespace edgespan::detail
