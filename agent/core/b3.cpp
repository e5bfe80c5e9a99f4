// SPDX-License-Identifier: Apache-2.0
#include <edgespan/b3.hpp>

#include "core/b3_hex.hpp"
#include "core/b3_impl.hpp"
#include "core/b3_key.hpp"

namespace edgespan {

B3Key b3_key(std::string_view name) noexcept { return b3_impl::find_key(name); }

B3Extraction b3_parse(std::string_view value) noexcept { return b3_impl::parse<b3_impl::HexFast>(value); }

bool B3Headers::add_named(std::string_view name, std::string_view value) noexcept {
  const B3Key key = b3_impl::find_key(name);
  if (key == B3Key::none) return false;
  add(key, value);
  return true;
}

void B3Headers::add(B3Key key, std::string_view value) noexcept {
  if (key >= B3Key::none) return;
  data_[static_cast<std::size_t>(key)] = value.data();
  sizes_[static_cast<std::size_t>(key)] = value.size();
  present_ = static_cast<std::uint8_t>(present_ | b3_impl::key_bit(key));
}

B3Extraction B3Headers::extract_present() const noexcept {
  return b3_impl::extract<b3_impl::HexFast>(b3_impl::Values{data_, sizes_, present_});
}

std::size_t b3_format(const Context& context, B3Format format, std::span<char, b3_single_max> out) noexcept {
  return b3_impl::format<b3_impl::HexFast>(context, format, out);
}

std::span<const B3Header> b3_inject(const Context& context, B3Format format, B3Buffer& buffer) noexcept {
  return b3_impl::inject<b3_impl::HexFast>(context, format, buffer);
}

}  // namespace edgespan
