// SPDX-License-Identifier: Apache-2.0
#include "core/encoded_endpoint.hpp"

#include <cstring>

#include "core/assert.hpp"
#include "core/encode_impl.hpp"

namespace edgespan::detail {
namespace {

constexpr std::array<std::uint8_t, 16> zeros{};
constexpr std::array<std::uint8_t, 12> mapped_prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};

std::byte* put_address(std::byte* out, std::uint8_t key, const std::uint8_t* bytes,
                       std::uint8_t size) noexcept {
  out = encode_impl::put(encode_impl::put(out, key), size);
  std::memcpy(out, bytes, size);
  return out + size;
}

}  // namespace

EndpointView view_of(const Endpoint& endpoint) noexcept {
  EndpointView view{.name = endpoint.service_name, .port = endpoint.port};
  const std::uint8_t* v4 = endpoint.ipv4.data();
  const std::uint8_t* const v6 = endpoint.ipv6.data();
  const bool mapped = std::memcmp(v6, mapped_prefix.data(), mapped_prefix.size()) == 0;
  if (mapped && std::memcmp(v4, zeros.data(), 4) == 0) v4 = v6 + mapped_prefix.size();
  if (std::memcmp(v4, zeros.data(), 4) != 0) view.ipv4 = v4;
  if (!mapped && std::memcmp(v6, zeros.data(), zeros.size()) != 0) view.ipv6 = v6;
  return view;
}

bool encode_endpoint(const EndpointView& endpoint, EndpointField field, EncodedEndpoint& out) noexcept {
  using namespace encode_impl;
  const std::string_view name = endpoint.name;
  out.size = 0;
  if (name.size() > service_name_max || !name_text(name)) return false;
  std::byte* const body = out.bytes.data() + 2;
  std::byte* end = body;
  if (!name.empty()) end = put_lower(end, 0x0A, name);
  if (endpoint.ipv4 != nullptr) end = put_address(end, 0x12, endpoint.ipv4, 4);
  if (endpoint.ipv6 != nullptr) end = put_address(end, 0x1A, endpoint.ipv6, 16);
  if (endpoint.port != 0) end = put_length(put(end, 0x20), endpoint.port);
  if (end == body) return true;
  EDGESPAN_ASSERT(end - body < 0x80);  // a length of one byte
  EDGESPAN_ASSERT(few_assertions || end <= out.bytes.data() + out.bytes.size());
  out.bytes[0] = static_cast<std::byte>(field);
  out.bytes[1] = static_cast<std::byte>(end - body);
  out.size = static_cast<std::size_t>(end - out.bytes.data());
  return true;
}

}  // namespace edgespan::detail
