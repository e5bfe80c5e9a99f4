// SPDX-License-Identifier: Apache-2.0
// What scenarios have in common.
#pragma once

#include "cases.hpp"

namespace edgespan::simtest {

inline constexpr std::uint32_t certain = 1'000'000;  // as a rate

inline std::uint64_t dropped(Gateway& gateway, DropReason reason) {
  return simtest::dropped(gateway.oracle().books(), reason);
}

inline bool dropped_by_full_ring_only(Gateway& gateway) {
  return gateway.oracle().books().dropped_total() == dropped(gateway, DropReason::ring_full);
}

inline Setup plain(sim::Random random) {
  Setup setup;
  setup.limits.spans_open_max = 24;  // more than the application needs
  setup.weather = sim::Weather{random.split()};
  setup.spans_max = UINT64_MAX;
  return setup;
}

// Nothing is delivered before the fault is over, and then all that the ring could hold.
inline const char* waiting_play(Gateway& gateway, std::uint64_t at) {
  if (!gateway.run()) return nullptr;
  if (gateway.oracle().books().delivered != 0) return "something was delivered that was not accepted";
  if (const char* fault = play_through(gateway, at)) return fault;
  return dropped_by_full_ring_only(gateway) ? nullptr
                                            : "spans were dropped for another reason than a full ring";
}

inline const char* all_delivered_play(Gateway& gateway, std::uint64_t at) {
  if (const char* fault = play_through(gateway, at)) return fault;
  return gateway.oracle().books().dropped_total() == 0 ? nullptr : "spans were dropped";
}

}  // namespace edgespan::simtest
