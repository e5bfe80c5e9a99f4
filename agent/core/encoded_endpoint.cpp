// SPDX-License-Identifier: Apache-2.0
#include "core/encoded_endpoint.hpp"

#include <pb_encode.h>

#include <algorithm>
#include <cstring>

#include "core/assert.hpp"
#include "core/utf8.hpp"
#include "zipkin.pb.h"

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
  const std::string_view name = view.name;

  zipkin_proto3_Endpoint message{};
  EDGESPAN_ASSERT(small_code || name.size() < sizeof message.service_name);
  std::transform(name.begin(), name.end(), message.service_name, lower_ascii);
  if (view.ipv4 != nullptr) {
    message.ipv4.size = 4;
    std::memcpy(message.ipv4.bytes, view.ipv4, 4);
  }
  if (view.ipv6 != nullptr) {
    message.ipv6.size = 16;
    std::memcpy(message.ipv6.bytes, view.ipv6, 16);
  }
  message.port = view.port;

  pb_ostream_t stream =
      pb_ostream_from_buffer(reinterpret_cast<pb_byte_t*>(out.bytes.data()) + 2, out.bytes.size() - 2);
  if (!pb_encode(&stream, zipkin_proto3_Endpoint_fields, &message)) return false;
  if (stream.bytes_written == 0) return true;
  EDGESPAN_ASSERT(stream.bytes_written < 0x80);  // a length of one byte
  EDGESPAN_ASSERT(small_code || stream.bytes_written + 2 <= out.bytes.size());
  out.bytes[0] = static_cast<std::byte>(field);
  out.bytes[1] = static_cast<std::byte>(stream.bytes_written);
  out.size = stream.bytes_written + 2;
  return true;
}

}  // namespace edgespan::detail
