// SPDX-License-Identifier: Apache-2.0
#include "otlp/otlp_endpoints.hpp"

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

// 1.2.3.4. These two return how many bytes they have written.
std::size_t write_ipv4(char* out, Bytes address) noexcept {
  EDGESPAN_ASSERT(address.size() == 4);
  std::size_t n = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    if (i != 0) out[n++] = '.';
    n += write_decimal(out + n, static_cast<unsigned>(address[i]));
  }
  return n;
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

// Eight groups without a zero in front; the longest run of zero groups is `::` (RFC 5952).
std::size_t write_ipv6(char* out, Bytes address) noexcept {
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
  return n;
}

// As the Collector's translation of Zipkin spans names them.
struct EndpointNames {
  std::string_view address;
  std::string_view port;
};
constexpr EndpointNames local_names{"network.local.address", "net.host.port"};
constexpr EndpointNames remote_names{"network.peer.address", "net.peer.port"};

// The text of an address is written where it stays: each length around it takes one byte, so its place is
// known before its size is.
std::byte* put_address_text(std::byte* out, Bytes address, std::string_view name) noexcept {
  constexpr std::size_t keys_and_lengths = 8;
  std::byte* const place = out + keys_and_lengths + name.size();
  char* const text = reinterpret_cast<char*>(place);
  const std::size_t size = address.size() == 4 ? write_ipv4(text, address) : write_ipv6(text, address);
  out = put_attribute_key(out, key_attribute, name, text_bytes(size));
  out = put_varint(put(out, key_value_string), size);
  EDGESPAN_ASSERT(out == place);
  return out + size;
}

std::byte* put_address(std::byte* out, const ElementEndpoint& endpoint, const EndpointNames& names) noexcept {
  if (!endpoint.address.empty()) out = put_address_text(out, endpoint.address, names.address);
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
