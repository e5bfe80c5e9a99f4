// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace edgespan::cli {

// What a step of the doctor found, in words without a full stop.
struct Finding {
  bool good = true;
  std::string text{};    // good: what was seen; else what is wrong
  std::string advice{};  // not good: what to do
};

}  // namespace edgespan::cli
