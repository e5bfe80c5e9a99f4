// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace edgespan::settings_detail {

// One line of text for people, or a value of a setting, put together piece by piece. What does not fit is
// cut; a value that was cut is longer than any setting's. Ends with a NUL.
class TextLine {
 public:
  static constexpr std::size_t bytes_max = 575;

  TextLine& operator<<(std::string_view piece) noexcept {
    const std::size_t taken = std::min(piece.size(), bytes_max - used_);
    std::copy_n(piece.data(), taken, text_.data() + used_);
    used_ += taken;
    return *this;
  }

  TextLine& operator<<(std::uint64_t number) noexcept {
    std::array<char, 20> digits{};
    std::size_t first = digits.size();
    do {
      first -= 1;
      digits[first] = static_cast<char>('0' + number % 10);
      number /= 10;
    } while (number != 0);
    return *this << std::string_view{digits.data() + first, digits.size() - first};
  }

  bool empty() const noexcept { return used_ == 0; }
  std::string_view view() const noexcept { return {text_.data(), used_}; }

  // Returns the part of `out` that was written.
  std::string_view copy_to(std::span<char> out) const noexcept {
    const std::size_t size = std::min(used_, out.size());
    std::copy_n(text_.data(), size, out.data());
    return {out.data(), size};
  }

 private:
  std::size_t used_ = 0;
  std::array<char, bytes_max + 1> text_{};
};

}  // namespace edgespan::settings_detail
