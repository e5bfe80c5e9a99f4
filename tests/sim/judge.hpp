// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

namespace edgespan::simtest {

// A span as the application made it. Its texts are views of constants.
struct MadeSpan {
  std::uint64_t id = 0;  // 0: none
  std::uint64_t trace_hi = 0;
  std::uint64_t trace_lo = 0;
  std::uint64_t parent_id = 0;
  std::uint64_t start_us = 0;
  std::uint64_t annotated_us = 0;  // 0: no annotation, and no peer
  std::string_view name{};
  std::string_view topic{};
  std::string_view error{};  // empty: none
  std::uint8_t kind = 0;
  bool recorded = false;  // it had a slot
  bool odd = false;       // it was given texts that are not welcome
};

// What the collector says to one element of a body: nanopb reads it, knowing nothing of the encoder, and
// every field must be what the application meant. Null, or what is wrong. `offset_us` is added to times of
// the application.
const char* judged(std::string_view element, const MadeSpan& made, std::uint64_t duration_us,
                   std::uint64_t offset_us);

}  // namespace edgespan::simtest
