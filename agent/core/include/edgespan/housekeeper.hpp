// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace edgespan {

// A part of the agent that holds spans outside of core and must end them in time. The nodes of all parts form
// a list. The owner of this node keeps it in place until it has taken it out of the list.
struct Housekeeper {
  void* ctx = nullptr;

  // Ends the spans that are past their deadline at `now_us` (monotonic), or all of them. Called inside
  // Reporter::step about once a second and once more, with `all`, by Reporter::stop; never by two threads at
  // a time.
  void (*sweep)(void* ctx, std::uint64_t now_us, bool all) = nullptr;

  // Puts spans that the part holds back for later into the ring. Called by Reporter::flush, on any thread;
  // never while another thread is inside this function or `sweep`. Null: it holds none back.
  void (*bring_out)(void* ctx, std::uint64_t now_us) = nullptr;

  Housekeeper* next = nullptr;  // core's own
};

}  // namespace edgespan
