// SPDX-License-Identifier: Apache-2.0
#include <edgespan/w3c.hpp>

#include "core/hex_fast.hpp"
#include "core/w3c_impl.hpp"

namespace edgespan {

W3cExtraction traceparent_parse(std::string_view value) noexcept {
  return w3c_impl::parse<b3_impl::HexFast>(value);
}

std::size_t traceparent_format(const Context& context, std::span<char, traceparent_bytes> out) noexcept {
  return w3c_impl::format<b3_impl::HexFast>(context, out);
}

}  // namespace edgespan
