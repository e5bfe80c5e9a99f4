// SPDX-License-Identifier: Apache-2.0
#include "otlp/otlp_endpoints.hpp"

#include <array>
#include <string_view>

#include "core/assert.hpp"
#include "otlp/otlp_fields.hpp"

namespace edgespan::otlp_detail {
namespace {

// Decimal without a library call, which would bring a table.
std::size_t write_decimal(char* out, unsigned value) noexcept {
  EDGESPAN_ASSERT(value < 256);
  std::size_t n = 0;
  if (value >= 100) out[n++] = static_cast<char>('0' + value / 100);
  if (value >= 10) out[n++] = static_cast<char>('0' + value / 10 % 10);
  out[n++] = static_cast<char>('0' + value % 10);
  return n;
}

// 1.2.3.4, or eight groups of IPv6 without a zero in front; the longest run of zero groups is `::` (RFC
// 5952).
using AddressText = std::array<char, 40>;

std::string_view text_of_ipv4(Bytes address, AddressText& out) noexcept {
  EDGESPAN_ASSERT(address.size() == 4);
  std::size_t n = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    if (i != 0) out[n++] = '.';
    n += write_decimal(out.data() + n, static_cast<unsigned>(address[i]));
  }
  return {out.data(), n};
}

struct Zeros {
  std::size_t at = 8;
  std::size_t groups = 1;  // a single group is written as 0
};

unsigned group_of(Bytes address, std::size_t i) noexcept {
  return static_cast<unsigned>(address[2 * i]) << 8 | static_cast<unsigned>(address[2 * i + 1]);
}

Zeros longest_zeros(Bytes address) noexcept {
  EDGESPAN_ASSERT(address.size() == 16);
  Zeros longest;
  std::size_t run = 0;
  for (std::size_t i = 0; i < 8; ++i) {
    run = group_of(address, i) == 0 ? run + 1 : 0;
    if (run > longest.groups) longest = {i + 1 - run, run};
  }
  return longest;
}

std::string_view text_of_ipv6(Bytes address, AddressText& out) noexcept {
  const Zeros zeros = longest_zeros(address);
  std::size_t n = 0;
  for (std::size_t i = 0; i < 8; ++i) {
    if (i == zeros.at) {
      out[n++] = ':';
      if (i == 0) out[n++] = ':';
      i += zeros.groups - 1;
      if (i == 7) break;
      continue;
    }
    const unsigned group = group_of(address, i);
    for (unsigned shift = 16; shift != 0;) {
      shift -= 4;
      if (group >> shift == 0 && shift != 0) continue;
      const unsigned digit = group >> shift & 0xF;
      out[n++] = static_cast<char>(digit < 10 ? '0' + digit : 'a' + digit - 10);
    }
    if (i != 7) out[n++] = ':';
  }
  return {out.data(), n};
}

// As the Collector's translation of Zipkin spans names them.
struct EndpointNames {
  std::string_view address;
  std::string_view port;
};
constexpr EndpointNames local_names{"network.local.address", "net.host.port"};
constexpr EndpointNames remote_names{"network.peer.address", "net.peer.port"};

std::byte* put_address(std::byte* out, const ElementEndpoint& endpoint, const EndpointNames& names) noexcept {
  if (!endpoint.address.empty()) {
    AddressText text;
    const bool is_v4 = endpoint.address.size() == 4;
    out = put_attribute(out, key_attribute, names.address,
                        is_v4 ? text_of_ipv4(endpoint.address, text) : text_of_ipv6(endpoint.address, text));
  }
  return endpoint.port == 0 ? out : put_number(out, names.port, endpoint.port);
}

}  // namespace

std::byte* write_endpoints(const ElementEndpoint& local, const ElementEndpoint& remote,
                           std::byte* out) noexcept {
  const std::byte* const begin = out;
  if (!remote.service_name.empty()) {
    out = put_attribute(out, key_attribute, "service.peer.name", remote.service_name);
  }
  out = put_address(put_address(out, remote, remote_names), local, local_names);
  EDGESPAN_ASSERT(static_cast<std::size_t>(out - begin) <= endpoints_bytes_max);
  return out;
}

}  // namespace edgespan::otlp_detail
