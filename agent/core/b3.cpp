// SPDX-License-Identifier: Apache-2.0
#include <edgespan/b3.hpp>

#include "core/b3_impl.hpp"
#include "core/b3_key.hpp"
#include "core/hex_fast.hpp"

namespace edgespan {

B3Key b3_key(std::string_view name) noexcept { return b3_impl::find_key(name); }

B3Extraction b3_parse(std::string_view value) noexcept { return b3_impl::parse<b3_impl::HexFast>(value); }

std::size_t b3_format(const Context& context, B3Format format, std::span<char, b3_single_max> out) noexcept {
  return b3_impl::format<b3_impl::HexFast>(context, format, out);
}

std::span<const B3Header> b3_inject(const Context& context, B3Format format, B3Buffer& buffer) noexcept {
  return b3_impl::inject<b3_impl::HexFast>(context, format, buffer);
}

}  // namespace edgespan
