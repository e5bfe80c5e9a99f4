// SPDX-License-Identifier: Apache-2.0
// Numbers and lines as text, without a heap or a C library.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace edgespan::target {

class Digits {
 public:
  explicit constexpr Digits(std::uint64_t value, unsigned base = 10, std::size_t digits_min = 1) noexcept {
    do {
      text_[--at_] = "0123456789ABCDEF"[value % base];
      value /= base;
    } while (value != 0 || sizeof text_ - at_ < digits_min);
  }
  constexpr operator std::string_view() const noexcept { return {text_ + at_, sizeof text_ - at_}; }

 private:
  char text_[20]{};
  std::size_t at_ = sizeof text_;
};

// A line in the making. What goes beyond its bound is cut.
class Text {
 public:
  Text& operator<<(std::string_view text) noexcept {
    for (const char character : text) {
      if (size_ < sizeof text_) text_[size_++] = character;
    }
    return *this;
  }
  Text& operator<<(char character) noexcept { return *this << std::string_view{&character, 1}; }
  template <std::integral Number>
  Text& operator<<(Number number) noexcept {
    const auto value = static_cast<std::uint64_t>(number);
    if constexpr (std::signed_integral<Number>) {
      if (number < 0) return *this << '-' << Digits{0 - value};
    }
    return *this << Digits{value};
  }
  operator std::string_view() const noexcept { return {text_, size_}; }

 private:
  char text_[160];
  std::size_t size_ = 0;
};

}  // namespace edgespan::target
