// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string_view>

// What libFuzzer calls with each input, and replay.cpp with each seed.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace edgespan::fuzz {

// What must hold for every input; the fuzzer keeps the one for which it does not.
inline void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace edgespan::fuzz
