// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace edgespan {

// What a collector said that it answers with.
enum class AnswerType : std::uint8_t {
  unnamed,
  protobuf,  // application/x-protobuf
  html,
  other,
};

// One answer of a collector, as far as a dialect looks at it.
struct Answer {
  static constexpr std::size_t opening_bytes_max = 128;

  std::uint16_t status = 0;  // 200 to 599
  AnswerType type = AnswerType::unnamed;
  bool whole = false;          // `opening` is all that there is, or will ever be
  std::string_view opening{};  // how its body begins; opening_bytes_max bytes or less

  // No further byte can change what the answer means.
  bool fully_seen() const noexcept { return whole || opening.size() == opening_bytes_max; }
};

}  // namespace edgespan
