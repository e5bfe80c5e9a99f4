// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <initializer_list>
#include <string_view>

namespace edgespan::attach {

// A sentence for people, in a buffer of librdkafka's or of ours. What does not fit is cut; it ends with a
// NUL.
class ProblemText {
 public:
  // Null: the text goes nowhere.
  ProblemText(char* out, std::size_t size) noexcept : out_{out}, size_{out != nullptr ? size : 0} {
    if (size_ != 0) *out_ = '\0';
  }

  // Always false, so that a caller may return it.
  bool say(std::initializer_list<std::string_view> pieces) noexcept {
    std::size_t used = 0;
    for (const std::string_view piece : pieces) {
      const std::size_t room = size_ != 0 ? size_ - 1 - used : 0;
      const std::size_t taken = std::min(piece.size(), room);
      std::copy_n(piece.data(), taken, out_ + used);
      used += taken;
    }
    if (size_ != 0) out_[used] = '\0';
    return false;
  }

 private:
  char* out_;
  std::size_t size_;
};

}  // namespace edgespan::attach
