// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace edgespan::kafka_detail {

// A number as its decimal digits.
class Digits {
 public:
  explicit Digits(std::uint64_t value) noexcept {
    do {
      text_[--begin_] = static_cast<char>('0' + value % 10);
      value /= 10;
    } while (value != 0);
  }
  std::string_view view() const noexcept { return {text_.data() + begin_, text_.size() - begin_}; }

 private:
  std::array<char, 20> text_;
  std::size_t begin_ = text_.size();
};

}  // namespace edgespan::kafka_detail
