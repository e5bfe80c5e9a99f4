// SPDX-License-Identifier: Apache-2.0
// The life of a slot for an open span. Its word `state` packs a generation (upper 30 bits) and a phase (lower
// two), so that a Span which outlived its slot's use does not meet the next span there.
#pragma once

#include <cstdint>

namespace edgespan::detail {

// free -> busy -> open: the thread that starts a span. open -> free: the owner ends it. open -> ending ->
// busy -> free: a sweep ends it, and nobody else reads or writes a busy slot. slot_owner.hpp says who may
// change an open one.
enum class SlotPhase : std::uint32_t { free = 0, open = 1, busy = 2, ending = 3 };

inline constexpr std::uint32_t slot_generation_mask = 0x3FFFFFFF;

// The lowest bit of a generation, which a slot keeps once it has it: see slot_owner.hpp.
inline constexpr std::uint32_t slot_contested = 1;
constexpr std::uint32_t next_generation(std::uint32_t generation) noexcept {
  return (generation + 2) & slot_generation_mask;
}

constexpr std::uint32_t slot_state(std::uint32_t generation, SlotPhase phase) noexcept {
  return generation << 2 | static_cast<std::uint32_t>(phase);
}
constexpr SlotPhase slot_phase(std::uint32_t state) noexcept { return static_cast<SlotPhase>(state & 3); }
constexpr std::uint32_t slot_generation(std::uint32_t state) noexcept { return state >> 2; }

// The start of a span in a unit that lets a word last for eight years.
inline constexpr unsigned slot_start_shift = 16;
constexpr std::uint32_t slot_start(std::uint64_t start_us) noexcept {
  return static_cast<std::uint32_t>(start_us >> slot_start_shift);
}

}  // namespace edgespan::detail
