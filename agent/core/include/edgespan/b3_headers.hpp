// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <edgespan/b3.hpp>
#include <string_view>

namespace edgespan {

// Collects trace headers of one message, in the order they stand, and then answers. The last header of a name
// wins; `b3` wins over the X-B3 set if it parses. The collected views must outlive extract().
class B3Headers {
 public:
  // Any name and value may be passed; others than trace headers are ignored (false). A null value counts as
  // absent, and so does what stood under that name before.
  bool add(std::string_view name, std::string_view value) noexcept {
    return may_be_ours(name) && add_named(name, value);
  }
  void add(B3Key key, std::string_view value) noexcept;
  bool any() const noexcept { return present_ != 0; }
  // Inline: the two steps, whose stack frames do not add up then.
  B3Extraction extract() const noexcept {
    B3Extraction found = (present_ & b3_bit) != 0 ? b3_parse({data_[0], sizes_[0]}) : B3Extraction{};
    if (found.kind == B3Extraction::Kind::empty && (present_ & ~b3_bit) != 0) add_set_to(found);
    return found;
  }

 private:
  // Enough to pass by most of an application's own headers without a call.
  static bool may_be_ours(std::string_view name) noexcept {
    if (name.size() == 2) return name[1] == '3';
    return name.size() >= 10 && (name[0] | 0x20) == 'x';
  }
  bool add_named(std::string_view name, std::string_view value) noexcept;
  void add_set_to(B3Extraction& found) const noexcept;

  static constexpr unsigned b3_bit = 1;  // of `present_`

  // Not initialised: most messages carry no trace header, and clearing these would cost more than the asking.
  std::array<const char*, 6> data_;     // by B3Key, where present_ has its bit
  std::array<std::uint32_t, 6> sizes_;  // of a longer value the most that fits: it is malformed either way
  std::uint8_t present_ = 0;
};

}  // namespace edgespan
