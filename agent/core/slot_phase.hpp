// SPDX-License-Identifier: Apache-2.0
// The life of a slot for an open span. Its word `state` packs a generation (upper 30 bits) and a phase (lower
// two), so that a Span which outlived its slot's use does not meet the next span there.
#pragma once

#include <cstdint>

namespace edgespan::detail {

// free -> busy -> open by the thread that starts the span; open -> busy -> free by the thread that finishes
// it; open -> expired -> free by the sweep; open -> free by discard().
enum class SlotPhase : std::uint32_t { free = 0, open = 1, expired = 2, busy = 3 };

inline constexpr std::uint32_t slot_generation_mask = 0x3FFFFFFF;

constexpr std::uint32_t slot_state(std::uint32_t generation, SlotPhase phase) noexcept {
  return generation << 2 | static_cast<std::uint32_t>(phase);
}
constexpr SlotPhase slot_phase(std::uint32_t state) noexcept { return static_cast<SlotPhase>(state & 3); }
constexpr std::uint32_t slot_generation(std::uint32_t state) noexcept { return state >> 2; }

}  // namespace edgespan::detail
