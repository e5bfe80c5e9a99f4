// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace edgespan {

// A part of the agent that holds spans outside of core and must end them in time. Its owner keeps this node
// in place until the Tracing that it was added to has stopped; the nodes of all parts form a list.
struct Housekeeper {
  void* ctx = nullptr;

  // Ends the spans that are past their deadline at `now_us` (monotonic), or all of them. Called inside
  // Reporter::step about once a second and once more, with `all`, by Reporter::stop; never by two threads at
  // a time.
  void (*sweep)(void* ctx, std::uint64_t now_us, bool all) = nullptr;

  Housekeeper* next = nullptr;  // core's own
};

}  // namespace edgespan
