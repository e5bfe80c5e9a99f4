// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdint>
#include <edgespan/b3_headers.hpp>

#include "core/b3_impl.hpp"
#include "core/b3_key.hpp"
#include "core/hex_fast.hpp"

namespace edgespan {

bool B3Headers::add_named(std::string_view name, std::string_view value) noexcept {
  const B3Key key = b3_impl::find_key(name);
  if (key == B3Key::none) return false;
  add(key, value);
  return true;
}

void B3Headers::add(B3Key key, std::string_view value) noexcept {
  if (key >= B3Key::none) return;
  data_[static_cast<std::size_t>(key)] = value.data();
  sizes_[static_cast<std::size_t>(key)] =
      static_cast<std::uint32_t>(std::min<std::uint64_t>(value.size(), UINT32_MAX));
  const unsigned bit = b3_impl::key_bit(key);
  present_ = static_cast<std::uint8_t>(value.data() != nullptr ? present_ | bit : present_ & ~bit);
}

void B3Headers::add_set_to(B3Extraction& found) const noexcept {
  EDGESPAN_ASSERT(detail::few_assertions || present_ != 0);
  b3_impl::complete<b3_impl::HexFast>(b3_impl::Values{data_, sizes_, present_}, found);
}

}  // namespace edgespan
